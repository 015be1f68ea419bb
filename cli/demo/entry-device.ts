/**
 * S4, from an entry device (JP2024-058277): a card is keyed, swiped or inserted; the device
 * encrypts it at once, the till carries ciphertext, the vault alone opens it.
 */
import { scanFolder } from '@warifu/cli/scan'
import type { Fetch } from '@warifu/sdk/api-call'
import { type Checks, JourneyEnded } from './checks.ts'
import { availableOf, becomeHolder, type Holder } from './journey.ts'
import { checkReading } from './reading.ts'
import { type Hands, inserted, keyed, openTill, type Sold, swiped, type Till } from './till.ts'
import type { Reader, Saboteur, World } from './world.ts'

/** The sale must be approved for the journey to go on; its code is what was seen. */
export async function paid(checks: Checks, name: string, sale: Promise<Sold>): Promise<Sold> {
  const sold = await sale
  const isPaid = sold.state === 'approved'
  checks.that(name, isPaid, sold.code || sold.state)
  if (!isPaid) throw new JourneyEnded(name)
  return sold
}

type Stage = { readonly till: Till; readonly holder: Holder }

async function payThrice(checks: Checks, { till, holder }: Stage): Promise<void> {
  const before = await availableOf(holder)
  await paid(checks, 'the card is keyed in and pays', till.sell(1200, keyed()))
  await paid(checks, 'the stripe is swiped and pays', till.sell(800, swiped))
  await paid(checks, 'the chip is inserted and pays', till.sell(500, inserted(0)))
  const held = before - (await availableOf(holder))
  checks.that('¥2,500 are held, and no more', held === 2500, String(held))
}

async function declines(checks: Checks, { till, holder }: Stage): Promise<void> {
  const before = await availableOf(holder)
  const declined = async (name: string, code: string, show: Hands) => {
    const sold = await till.sell(100, show)
    checks.that(name, sold.state === 'declined' && sold.code === code, sold.code || sold.state)
  }
  const wrong = till.plastic.security_code === '000' ? '001' : '000'
  await declined('a wrong security code is declined as that', 'security_code_wrong', keyed(wrong))
  await declined('a chip’s counter is used once', 'cryptogram_invalid', inserted(0))
  checks.that('nothing was held for them', before === (await availableOf(holder)))
}

async function breakOpen(world: World, checks: Checks, { till }: Stage): Promise<void> {
  await till.tamper()
  checks.that('the opened device says so', (await till.stateOf()) === 'tampered')
  for (let patience = 100; patience > 0; patience -= 1) {
    const { status, alarms } = await world.entryDevice(till.device)
    if (status === 'tampered') {
      const rang = alarms.some(({ kind }) => kind === 'tamper')
      return checks.that('within ten seconds the shop is told, with an alarm', rang)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  checks.that('within ten seconds the shop is told, with an alarm', false, 'not told')
}

export async function runEntryDevice(world: World, checks: Checks): Promise<readonly Reader[]> {
  const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
  await using till = await checks.step('an operator admits the device; its keys are loaded', () =>
    openTill({ world, card: holder.card }),
  )
  await payThrice(checks, { till, holder })
  await declines(checks, { till, holder })
  await breakOpen(world, checks, { till, holder })
  const readers = await checkReading({ world, checks, holder })
  const found = await scanFolder(till.folder, [till.plastic.pan])
  checks.that('the number is not in the till’s files, nor the device’s', found.length === 0)
  const held = 'ciphertext of entered cards, outcomes'
  return [...readers, { who: 'the till and its device', held, number: found.length > 0 }]
}

type Plan = {
  readonly name: string
  readonly expects: readonly string[]
  readonly wrap?: (fetch: Fetch) => Fetch
  readonly show?: Hands
  readonly copied?: true
}

const plans: readonly Plan[] = [
  {
    name: 'the amount altered on its way to the platform',
    expects: ['entry_mismatch'],
    wrap: altering('"amount":1200', '"amount":1', 1),
  },
  {
    name: 'one letter of the ciphertext altered',
    expects: ['entry_invalid'],
    wrap: (fetch) => (url, init) =>
      fetch(url, {
        ...init,
        body: String(init.body).replace(/"ct":"(.)/, (_, letter: string) =>
          letter === 'A' ? '"ct":"B' : '"ct":"A',
        ),
      }),
  },
  {
    name: 'a security code that is not the card’s',
    expects: ['security_code_wrong'],
    show: keyed('0'),
  },
  { name: 'an old copy of the device’s memory', expects: ['ksn_replayed'], copied: true },
]

function altering(from: string, to: string, times: number) {
  return (fetch: Fetch): Fetch =>
    (url, init) => {
      let body = String(init.body)
      for (let at = 0; at < times; at += 1) body = body.replace(from, to)
      return init.method === 'POST' ? fetch(url, { ...init, body }) : fetch(url, init)
    }
}

export const entryDeviceSaboteurs: readonly Saboteur[] = plans.map((plan) => ({
  name: plan.name,
  expects: plan.expects,
  run: async (world: World, checks: Checks) => {
    const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
    const wrapped = plan.wrap === undefined ? {} : { wrap: plan.wrap }
    await using till = await openTill({ world, card: holder.card, ...wrapped })
    const wrong = till.plastic.security_code === '000' ? '001' : '000'
    const show = plan.show === undefined ? keyed() : keyed(wrong)
    if (plan.copied === true) await till.rollBack(async () => void (await till.sell(100, keyed())))
    await paid(checks, 'the card is keyed in and pays', till.sell(1200, show))
  },
}))
