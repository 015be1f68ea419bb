// Goal: the demo of card schemes passes with the real processes, prints one JSON
//   object, and cannot pass sabotaged.
// Method: the command itself as a child process, honest and with every saboteur (judging.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Expected, judgeHonest, judgeSabotaged } from './judging.ts'

// biome-ignore format: a table reads by its columns
const systems: Expected = {
  'S0.terminal_sealed':   { saboteurs: 3, readers: 1 },
  'S0.physical':          { saboteurs: 5, readers: 2 },
  'S0.server_sealed':     { saboteurs: 3, readers: 0 },
  'S0.double_sealed':     { saboteurs: 5, readers: 0 },
  'S0.payment_key':       { saboteurs: 3, readers: 0 },
  'S0.activation_number': { saboteurs: 3, readers: 0 },
}

test('every check holds, and the tables say who could read what', () => judgeHonest(systems))

// The other three schemes have the saboteurs of these (scheme-saboteurs.ts): minutes, and no news.
const { 'S0.physical': physical, 'S0.double_sealed': doubleSealed } = systems
assert(physical && doubleSealed)

test('sabotaged, no journey pays, each for its own reason', () =>
  judgeSabotaged({ 'S0.physical': physical, 'S0.double_sealed': doubleSealed }))
