/** How a thing stands, as a sign, a word and a colour: never by colour alone. */
import { type Tone, Toned, useWords } from '@warifu/web/kit'
import { isStateWord, stateWords, tones } from './words-states.ts'

export const toneOf = (state: string): Tone => (isStateWord(state) ? tones[state] : 'plain')

/** A state that has no word yet is shown as the API names it. */
export function useStateWord(): (state: string) => string {
  const say = useWords(stateWords)
  return (state) => (isStateWord(state) ? say(state) : state)
}

export function Standing({ state }: { readonly state: string }) {
  const word = useStateWord()
  return <Toned tone={toneOf(state)}>{word(state)}</Toned>
}

/** A phone as a thing; as a way to present a card the word means its number. */
export const wordOfKind = (kind: string): string => (kind === 'phone' ? 'terminal' : kind)

/** Several of the API's words, one after the other. */
export function useStateWords(): (states: readonly string[]) => string {
  const word = useStateWord()
  return (states) => states.map(word).join(', ')
}

export const StateWord = ({ of }: { readonly of: string }) => <>{useStateWord()(of)}</>
