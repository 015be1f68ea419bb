// Goal: the demo of cardholders' own devices passes with the real processes, prints one JSON
//   object, and cannot pass sabotaged.
// Method: the command itself as a child process, honest and with every saboteur (judging.ts).
import { test } from 'node:test'
import { type Expected, judgeHonest, judgeSabotaged } from './judging.ts'

// biome-ignore format: a table reads by its columns
const systems: Expected = {
  S1:          { saboteurs: 4, readers: 0 },
  'S1.refuel': { saboteurs: 4, readers: 0 },
  S2:          { saboteurs: 5, readers: 1 }, // the SIM itself
  S3:          { saboteurs: 4, readers: 0 },
}

test('every check holds, and the tables say who could read what', () => judgeHonest(systems))

// Refuelling has the saboteurs of S1.
const { 'S1.refuel': _, ...sabotaged } = systems

test('sabotaged, no journey pays, each for its own reason', () => judgeSabotaged(sabotaged))
