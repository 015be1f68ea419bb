/**
 * The phones of this person, and the end of one of them: signed here, vouched for by the passkey.
 * Its cards come to this one, which pulls them. Browser-safe.
 */
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { RemoveStatement } from '@warifu/protocol/phone'
import { read, type TerminalNeeds, write } from './asking.ts'
import { installMoved } from './installing.ts'
import { vouch } from './joining.ts'
import { speakerOf } from './terminal-state.ts'

export type Phone = Reply<'removeTerminal'>

const listPhones = async (needs: TerminalNeeds): Promise<readonly Phone[]> =>
  (await read(needs, 'listTerminals', {})).data

async function removePhone(needs: TerminalNeeds, terminal: Id<'trm'>): Promise<Phone> {
  const { terminal: by } = speakerOf(await needs.store.load())
  const statement: RemoveStatement = { act: 'remove_terminal', terminal, by }
  const assertion = await vouch(needs, jcsBytes(statement))
  return write(needs, 'removeTerminal', {
    params: { id: terminal },
    body: { statement, assertion },
  })
}

/** Pulls what has come here and is not on this phone yet; safe to begin again. */
async function pullComing(needs: TerminalNeeds): Promise<void> {
  const own = (await listPhones(needs)).find(({ current }) => current)
  for (const card of own?.coming ?? []) await installMoved(needs, card)
}

export const phones = (needs: TerminalNeeds) => ({
  phones: () => listPhones(needs),
  removePhone: (terminal: Id<'trm'>) => removePhone(needs, terminal),
  pullComing: () => pullComing(needs),
})
