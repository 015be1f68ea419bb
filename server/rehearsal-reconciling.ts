/**
 * For a test: a process that does nothing but compare, a chunk after the other, and says so, until
 * it is killed. Its arguments are the database's address and what time it is.
 */
import { mintId } from '@warifu/protocol/ids'
import { compareNext } from '#settlement'
import { openStore } from '#store'
import { chanceOf } from './rehearsal.ts'

const [, , url = '', time = ''] = process.argv
const [nowMs, chance] = [Number(time), chanceOf('another process')]
const store = openStore(url, 2)
const needs = {
  store,
  mint: (prefix: 'dif', lane = 0) => mintId({ prefix, lane, nowMs, chance: chance(14) }),
}
while (await compareNext(needs, nowMs)) process.stdout.write('chunk\n')
await store.end()
