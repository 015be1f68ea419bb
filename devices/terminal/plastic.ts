/**
 * Plastic: ordered here, signed and vouched for; brought to life here and nowhere else. The page
 * that the vault sealed to this terminal is opened, what was read of the plastic is sealed to the
 * vault, and the page's nonce goes back with this terminal's own finding. Browser-safe.
 */
import { unpad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Body, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import {
  type OrderStatement,
  type PlasticPage,
  type PlasticRead,
  READ_BYTES,
} from '@warifu/protocol/plastic'
import type { LossReason } from '@warifu/protocol/plastic-objects'
import { read, type TerminalNeeds, write } from './asking.ts'
import { vouch } from './joining.ts'
import { openFor } from './open-sealed.ts'
import { sealToVault } from './seal-to-vault.ts'
import { TerminalError } from './terminal-error.ts'
import { fetchBlob } from './terminal-keys.ts'
import { speakerOf } from './terminal-state.ts'

export type Plastic = Reply<'orderPlastic'>
export type PlasticOrder = Pick<OrderStatement, 'name' | 'ship_to'>

async function order(
  needs: TerminalNeeds,
  card: Id<'crd'>,
  { name, ship_to }: PlasticOrder,
): Promise<Plastic> {
  const { terminal } = speakerOf(await needs.store.load())
  const statement = { act: 'order_plastic', card, terminal, name, ship_to } as const
  const assertion = await vouch(needs, jcsBytes(statement))
  return write(needs, 'orderPlastic', { params: { id: card }, body: { statement, assertion } })
}

/** Opens the page for this plastic; nobody else's terminal can. It activates nothing. */
export async function openPage(needs: TerminalNeeds, plastic: Id<'pls'>): Promise<PlasticPage> {
  const { sealed } = await write(needs, 'openPlasticPage', { params: { id: plastic } })
  const { keys } = speakerOf(await needs.store.load())
  const context = { plastic, terminal: sealed.header.recipient }
  const opening = { sealing: keys.sealing, message: sealed, nowMs: needs.nowMs() }
  const { plaintext } = await openFor(opening, 'plastic-page', context)
  const page: PlasticPage = JSON.parse(new TextDecoder().decode(unpad(plaintext)))
  if (page.plastic !== plastic)
    throw new TerminalError('seal_invalid', 'This page is for another plastic.')
  return page
}

export type Activating = {
  readonly page: PlasticPage
  readonly read: PlasticRead
  /** This terminal's own finding, where it can read its card. */
  readonly result?: Body<'activatePlastic'>['statement']['result']
}

/** The answer to a page, as it is sent; a test may bend it. */
export async function activationBody(
  needs: TerminalNeeds,
  { page, read: found, result: own }: Activating,
): Promise<Body<'activatePlastic'>> {
  const { plastic, card, nonce } = page
  const { terminal } = speakerOf(await needs.store.load())
  const result = own ?? (await compare(needs, page, found))
  const { message } = await sealToVault(needs, {
    use: 'plastic',
    purpose: 'plastic-read',
    context: { plastic, terminal },
    plain: { nonce, read: found },
    plainBytes: READ_BYTES,
  })
  const statement = { act: 'activate_plastic', plastic, card, terminal, nonce, result } as const
  return { statement, read: message }
}

/**
 * The card as this terminal decrypted it when it was installed, where its scheme lets it read one:
 * what stands on the plastic must be the same. Of a blob only the vault can tell.
 */
async function compare(
  needs: TerminalNeeds,
  { card, code_is_new }: PlasticPage,
  found: PlasticRead,
): Promise<'match' | 'mismatch' | 'not_compared'> {
  const state = await needs.store.load()
  const installed = state.cards.find((each) => each.card === card)
  if (installed?.scheme !== 'terminal_sealed' || !installed.is_confirmed) return 'not_compared'
  const own: { pan?: string; expires?: string; security_code?: string } = JSON.parse(
    await fetchBlob(speakerOf(state).keys.local, installed),
  )
  const isSame =
    found.kind === 'chip'
      ? found.objects.includes(`5A08${own.pan}`)
      : `20${found.expiry.slice(0, 2)}-${found.expiry.slice(2)}` === own.expires &&
        (code_is_new || found.security_code === own.security_code)
  return isSame ? 'match' : 'mismatch'
}

async function activate(needs: TerminalNeeds, activating: Activating): Promise<Plastic> {
  const body = await activationBody(needs, activating)
  return write(needs, 'activatePlastic', { params: { id: activating.page.plastic }, body })
}

export const plastics = (needs: TerminalNeeds) => ({
  orderPlastic: (card: Id<'crd'>, ordered: PlasticOrder) => order(needs, card, ordered),
  plastics: async (card: Id<'crd'>) =>
    (await read(needs, 'listPlastic', { params: { id: card } })).data,
  openPlasticPage: (plastic: Id<'pls'>) => openPage(needs, plastic),
  activatePlastic: (activating: Activating) => activate(needs, activating),
  losePlastic: (plastic: Id<'pls'>, reason: LossReason) =>
    write(needs, 'losePlastic', { params: { id: plastic }, body: { reason } }),
  activationBody: (activating: Activating) => activationBody(needs, activating),
})
