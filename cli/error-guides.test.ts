// Goal: the guides of errors are what the table of codes says, no more and no less.
// Method: written again and compared with the files.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { GUIDES, guides } from './error-guides.ts'

test('every guide of errors is as the table has it', async () => {
  const wanted = guides()
  assert.deepEqual((await readdir(GUIDES)).sort(), [...wanted.keys()].sort())
  for (const [name, text] of wanted)
    assert.equal(await readFile(join(GUIDES, name), 'utf8'), text, 'run: node cli/error-guides.ts')
})
