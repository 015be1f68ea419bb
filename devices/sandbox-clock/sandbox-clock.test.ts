// Goal: a simulated device keeps the platform's time, however often that is set while it runs.
// Method: the clock over a file that is missing, written, broken, and written with less.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sandboxClock } from './sandbox-clock.ts'

test('as far ahead as the file says now, and never back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'warifu-clock-'))
  const file = join(folder, 'test-kit.json')
  const nowMs = sandboxClock(file, () => 1000)
  assert.equal(nowMs(), 1000)
  // biome-ignore format: a table
  for (const [text, expected] of [
    ['{"ahead_ms":50,"acquirer_silent_until_ms":0}', 1050],
    ['{"ahead_ms":70}',  1070],
    ['{"ahead_ms":"9"}', 1070],
    ['{"ahe',            1070],
    ['{"ahead_ms":20}',  1070],
  ] as const) {
    writeFileSync(file, text)
    assert.equal(nowMs(), expected, text)
  }
  rmSync(folder, { recursive: true })
  assert.equal(sandboxClock(undefined, () => 1000)(), 1000)
})
