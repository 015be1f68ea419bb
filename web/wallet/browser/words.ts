/** Every word of the wallet's page. Refusals have theirs in the kit (refusal-words.ts). */
import type { Words } from '@warifu/web/kit'
import { en, type Word } from './words-en.ts'
import { ja } from './words-ja.ts'
import { ko } from './words-ko.ts'

export type { Word } from './words-en.ts'

export const words: Words<Word> = { en, ja, ko }
