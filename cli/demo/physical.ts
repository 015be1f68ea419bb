/**
 * S0, `terminal_sealed` with plastic (JP6913237B2, fig. 3): a bureau makes the card of a job that
 * it alone can open; it is dead until the phone that ordered has it in hand; then phone and plastic
 * both pay.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plastic as Ordered } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import type { PlasticRead } from '@warifu/protocol/plastic'
import type { Fetch } from '@warifu/sdk/api-call'
import type { Checks } from './checks.ts'
import { paid } from './entry-device.ts'
import { becomeHolder, type Holder, payTwice } from './journey.ts'
import { checkReading } from './reading.ts'
import { type Hands, inserted, keyed, openTill, type Till } from './till.ts'
import type { Reader, Saboteur, World } from './world.ts'

/** What lies in a letter: as an entry device's slot takes it. */
type Letter = Till['plastic'] & { readonly plastic: Id<'pls'> }

const order = {
  name: 'AIKO MORI',
  ship_to: { name: '森 愛子', lines: ['京都市中京区 1-2-3'], country: 'JP' },
}

const lettersOf = ({ sandbox }: World) => join(sandbox.home, 'bureau', 'letters')

async function receive(world: World, { terminal, card }: Holder): Promise<Letter> {
  const { id: plastic } = await terminal.orderPlastic(card, order)
  for (let patience = 200; patience > 0; patience -= 1) {
    const found = (await terminal.plastics(card)).find(({ id }) => id === plastic)
    if (found?.status === 'delivered') {
      const text = await readFile(join(lettersOf(world), plastic, 'card.json'), 'utf8')
      return { ...JSON.parse(text), plastic }
    }
    await sleep(100)
  }
  throw new Error('the letter did not come')
}

const readOf = ({ expiry, security_code }: Letter, other?: string): PlasticRead => ({
  kind: 'keyed',
  expiry,
  security_code: other ?? security_code,
})
const otherThan = (code: string): string => (code === '000' ? '001' : '000')

/** The letter's own card in these hands. */
const show =
  (letter: Letter, hands: Hands): Hands =>
  (panel) =>
    hands(panel, letter)

async function activate({ terminal }: Holder, letter: Letter, code?: string): Promise<Ordered> {
  const page = await terminal.openPlasticPage(letter.plastic)
  return terminal.activatePlastic({ page, read: readOf(letter, code) })
}

type Scene = {
  readonly world: World
  readonly checks: Checks
  readonly holder: Holder
  readonly till: Till
  readonly letter: Letter
}

async function theft({ world, checks, holder, till, letter }: Scene): Promise<void> {
  const sold = await till.sell(100, show(letter, keyed()))
  const isDead = sold.state === 'declined' && sold.code === 'plastic_not_active'
  checks.that('a stolen letter, keyed in a shop: declined', isDead, sold.code || sold.state)
  const { terminal: thief } = world.person()
  await checks.step('a thief joins, with a phone of his own', async () => {
    await thief.join('Mallory')
    await thief.enrol()
  })
  await checks.refused('another phone opens the page', 'not_found', async () => {
    await thief.openPlasticPage(letter.plastic)
    return {}
  })
  await checks.refused('the page with another security code', 'plastic_mismatch', async () => {
    await activate(holder, letter, otherThan(letter.security_code))
    return {}
  })
  const [plastic] = await holder.terminal.plastics(holder.card)
  checks.that('it is as dead as before', plastic?.status === 'delivered', plastic?.status)
}

export async function runPhysical(world: World, checks: Checks): Promise<readonly Reader[]> {
  const person = world.person()
  const scheme = 'terminal_sealed' as const
  const holder = await becomeHolder({ world, checks, person, name: 'Aiko', scheme })
  const letter = await checks.step('plastic is ordered, made by the bureau, and delivered', () =>
    receive(world, holder),
  )
  await using till = await openTill({ world, card: holder.card })
  await theft({ world, checks, holder, till, letter })
  const active = await checks.step('in hand: the phone compares, the vault compares', () =>
    activate(holder, letter),
  )
  checks.that('the plastic is alive', active.status === 'active', active.status)
  await paid(checks, 'keyed in a shop, it pays', till.sell(700, show(letter, keyed())))
  await paid(checks, 'its chip pays', till.sell(500, show(letter, inserted(0))))
  const phone = await becomeHolder({ world, checks, person: world.person(), name: 'Ben', scheme })
  await payTwice(world, checks, phone)
  const readers = await checkReading({ world, checks, holder, phoneReads: true })
  return [...readers, { who: 'the bureau', held: 'the cards that it made', number: true }]
}

type Plan = {
  readonly name: string
  readonly expects: readonly string[]
  readonly wrap?: (fetch: Fetch) => Fetch
  /** In the place of an honest activation. */
  readonly instead: (holder: Holder, letter: Letter) => Promise<unknown>
}

const renamed = (fetch: Fetch): Fetch => {
  const altered = (body: unknown) => String(body).replace('AIKO MORI', 'MALLORY X')
  return (url, init) =>
    init.method === 'POST' ? fetch(url, { ...init, body: altered(init.body) }) : fetch(url, init)
}

const plans: readonly Plan[] = [
  {
    name: 'the name on the card altered on the order’s way',
    expects: ['signature_invalid'],
    wrap: renamed,
    instead: activate,
  },
  {
    name: 'a letter that nobody activated',
    expects: ['plastic_not_active'],
    instead: async () => {},
  },
  {
    name: 'a page that was only opened',
    expects: ['plastic_not_active'],
    instead: ({ terminal }, { plastic }) => terminal.openPlasticPage(plastic),
  },
  {
    name: 'a security code that is not the card’s',
    expects: ['plastic_mismatch'],
    instead: (holder, letter) => activate(holder, letter, otherThan(letter.security_code)),
  },
  {
    name: 'a plastic that was told lost',
    expects: ['plastic_not_active'],
    instead: async (holder, letter) => {
      await activate(holder, letter)
      await holder.terminal.losePlastic(letter.plastic, 'stolen')
    },
  },
]

export const physicalSaboteurs: readonly Saboteur[] = plans.map(
  ({ name, expects, wrap, instead }) => ({
    name,
    expects,
    run: async (world: World, checks: Checks) => {
      const person = world.person(wrap)
      const scheme = 'terminal_sealed' as const
      const holder = await becomeHolder({ world, checks, person, name: 'Aiko', scheme })
      const letter = await checks.step('plastic is ordered, made and delivered', () =>
        receive(world, holder),
      )
      await using till = await openTill({ world, card: holder.card })
      await checks.step('it is activated', () => instead(holder, letter))
      await paid(checks, 'keyed in a shop, it pays', till.sell(700, show(letter, keyed())))
    },
  }),
)
