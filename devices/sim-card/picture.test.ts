// Goal: the picture in docs/sim.md shows the bytes that a card has, not those it had once.
// Method: drawn anew from a card that pays here, and compared with the file; DRAW=1 writes it.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { emptyArea, readDirectory, writeEntry } from '@warifu/crypto/credit-file'
import { simLayout, writeCompanyKey } from '@warifu/crypto/sim-layout'
import { drawFileMap } from './picture.ts'
import { hex, newCard, selectApplication } from './rehearsal.ts'
import { simCard } from './uicc.ts'

const file = join(import.meta.dirname, '..', '..', 'docs', 'pictures', 'sim-file.svg')
const company = { flag: 'card_company', company: 1 } as const
const bank = { flag: 'bank', company: 1 } as const
const point = Uint8Array.of(0x04, ...Array.from({ length: 64 }, (_, at) => (at * 29 + 7) % 256))

function exampleArea(): Uint8Array {
  const area = emptyArea(simLayout)
  const places = readDirectory(area)
  const put = (kind: number, nth: number, entry: Uint8Array) => {
    const place = places.filter(({ description }) => description === kind)[nth]
    area.set(entry, place?.address)
  }
  put(1, 0, writeEntry({ digits: '9900120000000008', selector: company }, 9))
  put(1, 1, writeEntry({ digits: '9900120000000016', selector: bank }, 9))
  put(2, 0, writeEntry({ digits: '12', selector: company }, 2))
  put(16, 0, writeCompanyKey(point, 0x01))
  put(16, 1, writeCompanyKey(point.with(1, 0x5a), 0x81))
  return area
}

test('docs/pictures/sim-file.svg is drawn from a card’s own bytes', () => {
  const { memory, session } = newCard({ layout: simLayout })
  const area = exampleArea()
  const card = { memory: { ...memory, area, lifeCycle: 'activated' as const }, session }
  const open = simCard(card, hex(selectApplication)).state
  const header = simCard(open, hex('00a40004026f1200')).reply.subarray(0, -2)
  const drawn = drawFileMap({ header, area })
  if (process.env['DRAW'] === '1') writeFileSync(file, drawn)
  assert.equal(readFileSync(file, 'utf8'), drawn)
})
