/** What `warifu device reader` does: hands before the reader of the sandbox. */
import { openPanel, type Panel, type PanelAnswer } from '@warifu/devices/entry-device'
import { Misunderstood } from './arguments.ts'
import { plasticOf, withChip } from './chips.ts'
import { FIRST_READER, findReader } from './readers.ts'
import { codeOf, Sorry } from './sorry.ts'

type At = {
  readonly home: string
  readonly tell: (object: unknown, words: string) => void
}
type Hands = (at: At, panel: Panel, words: readonly string[]) => Promise<PanelAnswer>

const hands: Readonly<Record<string, Hands>> = {
  status: (_at, panel) => panel.look(),
  tamper: (_at, panel) => panel.tamper(),
  swipe: async ({ home }, panel, [card = '']) =>
    panel.swipe(`;${(await plasticOf(home, card)).track2}?`),
  insert: ({ home }, panel, [card = '']) => withChip(home, card, (chip) => panel.insert(chip)),
  type: async (_at, panel, words) => {
    let answer = await panel.look()
    for (const word of words)
      if (word === 'enter') answer = await panel.key('accept')
      else if (word === 'clear' || word === 'cancel') answer = await panel.key(word)
      else if (/^[0-9]{1,12}$/.test(word)) answer = await panel.digits(word)
      else throw new Misunderstood(`a key is digits, enter, clear or cancel; got "${word}".`)
    return answer
  },
}

/** The first word says what; the exit code is 1 where the reader is out of service. */
export async function reader(at: At, [verb = '', ...words]: readonly string[]): Promise<number> {
  const act = Object.hasOwn(hands, verb) ? hands[verb] : undefined
  if (act === undefined)
    throw new Misunderstood(`reader does ${Object.keys(hands).join(', ')}; got "${verb}".`)
  const found = await findReader(at.home, FIRST_READER)
  if (found === undefined) throw new Sorry('There is no reader yet: npm start makes the first one.')
  const panel = await openPanel(found.panel_port).catch((cause: unknown) => {
    if (codeOf(cause) !== 'ECONNREFUSED') throw cause
    throw new Sorry('The reader is off: npm start runs it.')
  })
  try {
    const { display, state, said } = await act(at, panel, words)
    at.tell({ state, display, said }, `[${state}]  ${display}${said === null ? '' : `  (${said})`}`)
    return state === 'tampered' ? 1 : 0
  } finally {
    panel.close()
  }
}
