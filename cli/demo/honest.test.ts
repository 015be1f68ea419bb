// Goal: the demo passes with the real processes, every system of it in one sandbox, and prints one
//   JSON object.
// Method: the command itself as a child process (judging.ts).
import { test } from 'node:test'
import { expected } from './expected.ts'
import { judgeHonest } from './judging.ts'

test('every check holds, and the tables say who could read what', () => judgeHonest(expected))
