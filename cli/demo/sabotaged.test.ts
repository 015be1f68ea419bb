// Goal: no system of the demo can pass sabotaged.
// Method: the command itself as a child process, with every saboteur (judging.ts).
import { test } from 'node:test'
import { expected } from './expected.ts'
import { judgeSabotaged } from './judging.ts'

// Refuelling has the saboteurs of S1, and four of the schemes those of the other two
// (scheme-saboteurs.ts): minutes, and no news.
const {
  'S1.refuel': _refuel,
  'S0.terminal_sealed': _terminal,
  'S0.server_sealed': _server,
  'S0.payment_key': _key,
  'S0.activation_number': _number,
  ...sabotaged
} = expected

test('sabotaged, no journey pays, each for its own reason', () => judgeSabotaged(sabotaged))
