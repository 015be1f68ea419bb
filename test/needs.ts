/**
 * Tests that need a program from a system package. Where it is missing they are listed as left to
 * CI; under CI, which installs the packages, they fail instead: nothing is silently left out.
 */
import assert from 'node:assert/strict'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { root } from '@warifu/cli/state-folder'

/** How the reason of a test that was left to CI begins; the runner lists those. */
export const LEFT_TO_CI = 'left to CI'

/** A program on the PATH; or, written with a slash, a file of the system or of this house. */
function isThere(tool: string): boolean {
  if (tool.includes('/')) return existsSync(join(root, tool)) || existsSync(tool)
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const missingOf = (tools: readonly string[]): string =>
  tools.filter((tool) => !isThere(tool)).join(', ')
const isCi = process.env['CI'] === 'true'

/** What a house may be built with where it is there; CI has everything. */
export const has = (tools: readonly string[]): boolean => isCi || missingOf(tools) === ''

/** `test`, for a body that runs these programs. */
export function testWith(
  tools: readonly string[],
  name: string,
  body: () => Promise<void> | void,
): void {
  const missing = missingOf(tools)
  const skip = missing === '' || isCi ? false : `${LEFT_TO_CI}: needs ${missing}`
  test(name, { skip }, async () => {
    assert.equal(missing, '', 'CI must install every program that a test needs')
    await body()
  })
}

/** `test`, for a body that becomes other users. A normal user's machine leaves it to CI's root. */
export function testAsRoot(name: string, body: () => Promise<void>): void {
  const skip = process.getuid?.() === 0 ? false : `${LEFT_TO_CI}: needs root`
  test(name, { skip }, body)
}
