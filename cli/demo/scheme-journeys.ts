/**
 * S0, the schemes beside `double_sealed` (JP6913237B2, figs. 2, 4, 6, 7): the same person, the same
 * shop, another way to keep the card and to pay with it, each with what it alone does.
 */
import { type Claim, statementOf } from '@warifu/devices/terminal'
import type { Scheme } from '@warifu/protocol/schemes'
import { readAnswer } from '@warifu/sdk/api-call'
import type { Checks, Refusable } from './checks.ts'
import { ask, availableOf, becomeHolder, type Holder, payTwice } from './journey.ts'
import { checkReading } from './reading.ts'
import type { Reader, World } from './world.ts'

type Scene = { readonly world: World; readonly checks: Checks; readonly holder: Holder }

/** A journey of this scheme: honest payments, its own proofs, refusals, who could read what. */
export const runScheme =
  (scheme: Exclude<Scheme, 'double_sealed'>) =>
  async (world: World, checks: Checks): Promise<readonly Reader[]> => {
    const person = world.person()
    const holder = await becomeHolder({ world, checks, person, name: 'Aiko', scheme })
    await payTwice(world, checks, holder)
    const scene = { world, checks, holder }
    await own[scheme](scene)
    const before = await availableOf(holder)
    await refusals(scene)
    checks.that('nothing was charged by any of them', (await availableOf(holder)) === before)
    return checkReading({ ...scene, phoneReads: scheme === 'terminal_sealed' })
  }

const claimNew = async ({ world, holder }: Scene): Promise<Claim> =>
  holder.terminal.claim((await ask(world, { amount: 1200 })).link)

type Forging = { readonly claim: Claim; readonly text: string; readonly as: Scheme }

/** Vouched for and signed as an honest presentation, with this text in it, as of this scheme. */
async function forge({ holder }: Scene, { claim, text, as }: Forging): Promise<Refusable> {
  const { terminal, card } = holder
  const statement = await statementOf(claim, { card, blob: text, scheme: as })
  const body = { statement, blob: text, assertion: await terminal.vouchFor(statement) }
  const request = await terminal.prepare('presentCard', { params: { id: claim.payment }, body })
  return readAnswer('presentCard', await terminal.send(request))
}

async function refusals(scene: Scene): Promise<void> {
  const { world, checks, holder } = scene
  const { terminal, card } = holder
  const shownFor = async (claim: Claim) => terminal.shownFor(card, claim.content)
  await checks.refused('one bit of what travels flipped', 'blob_invalid', async () => {
    const claim = await claimNew(scene)
    const { scheme: as, blob } = await shownFor(claim)
    return forge(scene, { claim, text: flipped(blob), as })
  })
  await checks.refused('the card shown as another scheme', 'scheme_mismatch', async () => {
    const claim = await claimNew(scene)
    const { scheme, blob } = await shownFor(claim)
    const as = scheme === 'server_sealed' ? 'double_sealed' : otherSealing[scheme]
    return forge(scene, { claim, text: blob, as })
  })
  const mallory = world.person().terminal
  await checks.step('another person joins, with a terminal of her own', async () => {
    await mallory.join('Mallory')
    await mallory.enrol()
  })
  const { application } = await terminal.state()
  if (application !== null)
    await checks.refused('another terminal pulls the card', 'not_found', async () => {
      await mallory.install(application)
      return {}
    })
  await checks.refused('¥1,200 without the passkey', 'user_verification_required', async () =>
    terminal.present(await claimNew(scene), card, { verifyUser: false }),
  )
  await terminal.suspend(card)
  await checks.refused('a frozen card', 'card_not_active', async () =>
    terminal.present(await claimNew(scene), card, { verifyUser: true }),
  )
  await terminal.resume(card)
}

/** Of those that seal anew, another one. */
const otherSealing = {
  terminal_sealed: 'activation_number',
  payment_key: 'terminal_sealed',
  activation_number: 'terminal_sealed',
  double_sealed: 'server_sealed',
} as const

function flipped(text: string): string {
  const parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  const ct = Buffer.from(parts.ct, 'base64url')
  ct[7] = (ct[7] ?? 0) ^ 1
  const bent = { ...parts, ct: ct.toString('base64url') }
  return Buffer.from(JSON.stringify(bent)).toString('base64url')
}

/** What is sealed for one payment is of no use for another. */
async function boundToItsPayment(scene: Scene): Promise<void> {
  const { checks, holder } = scene
  const { terminal, card } = holder
  const [one, two] = [await claimNew(scene), await claimNew(scene)]
  const { scheme: as, blob } = await terminal.shownFor(card, one.content)
  const again = await terminal.shownFor(card, one.content)
  checks.that('each time it travels as another text', blob !== again.blob)
  await checks.refused('what was sealed for one payment, in another', 'blob_invalid', () =>
    forge(scene, { claim: two, text: blob, as }),
  )
}

const own: { readonly [S in Exclude<Scheme, 'double_sealed'>]: (scene: Scene) => Promise<void> } = {
  terminal_sealed: boundToItsPayment,
  server_sealed: async (scene) => {
    const { world, checks, holder } = scene
    const { blob } = await holder.terminal.shownFor(holder.card, (await claimNew(scene)).content)
    const came = world.traffic.exchanges.some(({ answered }) => answered.includes(blob))
    checks.that('what is shown is what came, and nobody on the way can read it', came)
  },
  payment_key: async (scene) => {
    const { checks, holder } = scene
    await boundToItsPayment(scene)
    const keyOf = async () =>
      (await holder.terminal.state()).cards.find(({ card }) => card === holder.card)?.payment_key
    const before = await keyOf()
    await checks.step('the key is asked for anew', () => holder.terminal.renewKeys(holder.card))
    checks.that('signed by the vault that this terminal pinned', typeof before === 'string')
    await checks.step('the card still pays', async () => {
      const claim = await claimNew(scene)
      await holder.terminal.present(claim, holder.card, { verifyUser: true })
    })
  },
  activation_number: async (scene) => {
    const { checks, holder } = scene
    await boundToItsPayment(scene)
    const { cards } = await holder.terminal.state()
    const kept = cards.find(({ card }) => card === holder.card)
    checks.that('the number was sent back, and is forgotten', kept?.number === null)
    const shown = kept?.shown ?? ''
    checks.that('part of the card number may show', /^[0-9]{6}\*{6}[0-9]{4}$/.test(shown), shown)
    await checks.refused('a number out of the air', 'activation_unknown', async () => {
      if (kept === undefined) throw new Error('no card is here')
      const body = { inner_digest: kept.inner_digest, activation_number: 'A'.repeat(22) }
      const params = { id: kept.installation }
      const request = await holder.terminal.prepare('confirmInstallation', { params, body })
      readAnswer('confirmInstallation', await holder.terminal.send(request))
      return {}
    })
  },
}
