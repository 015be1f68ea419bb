/**
 * Goal: a page that is added is pictured, and looked at, like the others; the README shows the
 *   product, in pictures that a browser has quickly.
 * Method: the paths that each page's server answers, held against the table of screens; the files
 *   that the README names.
 */
import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '@warifu/cli/state-folder'
import { views as consoleViews } from '@warifu/web/console'
import { views as tillViews } from '@warifu/web/pos'
import { views as tourViews } from '@warifu/web/tour'
import { views as walletViews } from '@warifu/web/wallet'
import { type Area, readmePictures, screenNamed, screens } from './screens.ts'

/** A list's own path stands for the things in it: `/cards/*` is taken with `/cards`. */
const served: Readonly<Partial<Record<Area, readonly string[]>>> = {
  wallet: walletViews,
  till: tillViews,
  console: consoleViews.filter((path) => !path.endsWith('/*')),
  tour: tourViews,
}

for (const [area, paths] of Object.entries(served))
  test(`every path of the ${area} has a screen, and no screen stands nowhere`, () => {
    const pictured = screens.filter((screen) => screen.area === area).map(({ path }) => path)
    assert.deepEqual([...new Set(pictured)].sort(), [...paths].sort())
  })

test('no two screens have one name', () => {
  const names = screens.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
})

const PICTURE_BYTES = 150_000

test('the README shows its pictures, and each is small', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  for (const [screen, file] of Object.entries(readmePictures)) {
    screenNamed(screen)
    assert.ok(readme.includes(`(docs/pictures/${file})`), file)
    const { size } = await stat(join(root, 'docs', 'pictures', file))
    assert.ok(size <= PICTURE_BYTES, `${file}: ${size} bytes`)
  }
})
