// Goal: the demo of merchants' systems passes with the real processes, prints one JSON
//   object, and cannot pass sabotaged.
// Method: the command itself as a child process, honest and with every saboteur (judging.ts).
import { test } from 'node:test'
import { type Expected, judgeHonest, judgeSabotaged } from './judging.ts'

// biome-ignore format: a table reads by its columns
const systems: Expected = {
  'S4.entry_device': { saboteurs: 4, readers: 0 },
  'S4.token':        { saboteurs: 3, readers: 0 },
}

test('every check holds, and the tables say who could read what', () => judgeHonest(systems))

test('sabotaged, no journey pays, each for its own reason', () => judgeSabotaged(systems))
