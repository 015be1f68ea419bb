// Goal: the pictures are what the table draws, and each scheme has its page, linked from the index.
// Method: drawn again and compared with the files; pages are read for picture, figure and demo id.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { schemes } from '@warifu/protocol/schemes'
import { draw, PAGES, pictureOf } from './scheme-pictures.ts'

const read = (name: string): Promise<string> => readFile(join(PAGES, name), 'utf8')

for (const scheme of schemes)
  test(`${scheme}: picture, page and index agree`, async () => {
    assert.equal(await read(pictureOf(scheme)), draw(scheme), 'run: node cli/scheme-pictures.ts')
    const name = pictureOf(scheme).replace('.svg', '.md')
    const page = await read(name)
    for (const part of [`(${pictureOf(scheme)})`, `S0.${scheme}`, 'JP6913237B2'])
      assert(page.includes(part), part)
    assert((await read('README.md')).includes(`(${name})`))
  })
