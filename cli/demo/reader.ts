/**
 * S3, at the cardholder's own reader (JP2002-259866): the shop asks by number; after the yes the
 * vault makes a key pair for this one sale, the reader shows what the host has signed, reads the
 * card, seals it and the PIN. Shop, phone and server carry what they cannot read.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { saidReady, startChild, untilReady } from '@warifu/cli/child'
import { plasticOf } from '@warifu/cli/entry-device-keys'
import type { KeptPlastic } from '@warifu/cli/entry-devices'
import { createKeeper } from '@warifu/cli/keeper'
import { openReaderPage, type ReaderPage } from '@warifu/cli/reader-page'
import { loadReaderKeys, makeSandboxReader, readerProgramOf } from '@warifu/cli/readers'
import { findNumbers } from '@warifu/cli/scan'
import { openPanel, type Panel } from '@warifu/devices/entry-device'
import { chipOf, paymentCard } from '@warifu/devices/payment-card'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { type Checks, JourneyEnded } from './checks.ts'
import { availableOf, becomeHolder, type Holder } from './journey.ts'
import { checkReading } from './reading.ts'
import type { Reader, Saboteur, World } from './world.ts'

export const PIN = '2580'
let made = 0

type Phone = {
  readonly panel: Panel
  readonly page: ReaderPage
  readonly plastic: KeptPlastic
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** A reader's own process at the holder's phone, paired and registered; their card beside it. */
export async function plugIn(world: World, holder: Holder): Promise<Phone> {
  const { sandbox } = world
  const { home, operator, walletOrigin, logs } = sandbox
  await using stack = new AsyncDisposableStack()
  made += 1
  const name = `demo-${process.pid}-${made}`
  const reader = await makeSandboxReader(home, name, { operator })
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const program = await readerProgramOf(reader, walletOrigin)
  const child = await startChild(program, join(logs, `reader-${name}.log`), keeper)
  stack.defer(child.stop)
  await untilReady(child, saidReady(child))
  await loadReaderKeys(reader)
  const panel = await openPanel(reader.panel_port)
  stack.defer(() => panel.close())
  const page = await openReaderPage(reader.port, walletOrigin)
  stack.defer(() => page.close())
  await page.pair(panel)
  await page.register(holder.terminal, 'My reader')
  const secrets = join(home, 'secrets')
  const pinFile = join(secrets, `${name}.pin`)
  await writeFile(pinFile, PIN, { mode: 0o600 })
  const plastic = {
    ...(await plasticOf({ operator, folder: secrets }, holder.card, pinFile)),
    atc: 0,
  }
  const owned = stack.move()
  return { panel, page, plastic, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** The shop asks by number; the person says yes; the reader shows what it is for. */
export async function begin(world: World, { terminal, phone }: Holder, { page }: Phone) {
  const { id } = await world.merchant.payments.create({
    amount: 1200,
    currency: 'jpy',
    capture_method: 'manual',
    presentment: { kind: 'reader', phone },
  })
  for (let patience = 100; ; patience -= 1) {
    const asked = (await terminal.questions()).find(({ content }) => content.subject.id === id)
    if (asked !== undefined) {
      await terminal.answer(asked, 'approve')
      break
    }
    if (patience === 0) throw new Error('nobody was asked')
    await sleep(50)
  }
  await page.carry(terminal, id)
  return id
}

export const insert = async ({ panel }: Phone, plastic: KeptPlastic): Promise<void> => {
  await panel.key('accept')
  let chip = chipOf(plastic)
  await panel.insert((apdu) => {
    const { state, reply } = paymentCard(chip, apdu)
    chip = state
    return reply
  })
}
export const enter = async ({ panel }: Phone, pin: string): Promise<void> => {
  await panel.digits(pin)
  await panel.key('accept')
}

export async function ended(world: World, id: Id<'pay'>): Promise<Reply<'getPayment'>> {
  for (let patience = 200; ; patience -= 1) {
    const payment = await world.merchant.payments.get(id)
    if (payment.status !== 'requires_action' || patience === 0) return payment
    await sleep(50)
  }
}

export async function runReader(world: World, checks: Checks): Promise<readonly Reader[]> {
  const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
  await using phone = await checks.step('a reader is paired with the phone and registered', () =>
    plugIn(world, holder),
  )
  const before = await availableOf(holder)
  const id = await checks.step('the shop asks by telephone number; the person says yes', () =>
    begin(world, holder, phone),
  )
  const { display } = await phone.panel.look()
  checks.that('the reader shows shop and amount before it asks for a card', /¥1,200/.test(display))
  await checks.step('the chip is read and sealed for this sale', async () => {
    await insert(phone, phone.plastic)
    await phone.page.until('pin')
  })
  await checks.step('the PIN is keyed at the reader and sealed in the same context', async () => {
    await enter(phone, PIN)
    await phone.page.until('paid')
  })
  const paid = await ended(world, id)
  checks.that('the shop is told: authorized', paid.status === 'authorized', paid.status)
  checks.that('¥1,200 are held', before - (await availableOf(holder)) === 1200)
  const { state } = await phone.panel.look()
  checks.that('the reader has forgotten the sale', state === 'ready', state)
  const readers = await checkReading({ world, checks, holder })
  const carried = JSON.stringify(phone.page.heard)
  const isRead = findNumbers(Buffer.from(carried), [phone.plastic.pan]).length > 0
  checks.that('the number is not in what the cable carried', !isRead)
  return [
    ...readers,
    { who: 'the cable of the reader', held: 'an offer, ciphertext', number: isRead },
  ]
}

type Plan = {
  readonly name: string
  readonly expects: readonly string[]
  readonly run: (world: World, holder: Holder, phone: Phone) => Promise<Id<'pay'>>
}

const flipped = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)

const plans: readonly Plan[] = [
  {
    name: 'one bit of the ciphertext altered on the phone',
    expects: ['reader_invalid'],
    run: async (world, holder, phone) => {
      const id = await begin(world, holder, phone)
      phone.page.hold()
      const sealed = phone.page.next('sealed')
      await insert(phone, phone.plastic)
      const { message } = await sealed
      await holder.terminal.reader.present({ ...message, ct: flipped(message.ct) })
      return id
    },
  },
  {
    name: 'what was sealed for one sale sent for the next',
    expects: ['reader_invalid', 'sale_broken'],
    run: async (world, holder, phone) => {
      const first = await begin(world, holder, phone)
      phone.page.hold()
      const sealed = phone.page.next('sealed')
      await insert(phone, phone.plastic)
      const { message } = await sealed
      phone.page.say({ say: 'end', sale: first, end: 'cancelled' })
      await holder.terminal.reader.stop(first)
      const second = await begin(world, holder, phone)
      await holder.terminal.reader.present({ ...message, sale: second })
      return second
    },
  },
  {
    name: 'a chip that has paid at this counter before',
    expects: ['cryptogram_invalid'],
    run: async (world, holder, phone) => {
      const first = await begin(world, holder, phone)
      await insert(phone, phone.plastic)
      await phone.page.until('pin')
      await enter(phone, PIN)
      await phone.page.until('paid')
      await ended(world, first)
      const second = await begin(world, holder, phone)
      await insert(phone, phone.plastic)
      await phone.page.until('over')
      return second
    },
  },
  {
    name: 'a PIN guessed three times',
    expects: ['pin_blocked'],
    run: async (world, holder, phone) => {
      const id = await begin(world, holder, phone)
      await insert(phone, phone.plastic)
      await phone.page.until('pin')
      for (const pin of ['0000', '1111', '2222']) {
        const moved = phone.page.moved('pin_again', 'over')
        await enter(phone, pin)
        await moved
      }
      return id
    },
  },
]

export const readerSaboteurs: readonly Saboteur[] = plans.map(({ name, expects, run }) => ({
  name,
  expects,
  run: async (world: World, checks: Checks) => {
    const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
    await using phone = await plugIn(world, holder)
    const { status, declined_because } = await ended(world, await run(world, holder, phone))
    const isPaid = status === 'authorized' || status === 'captured'
    checks.that('the card pays', isPaid, declined_because ?? status)
    if (!isPaid) throw new JourneyEnded('the card pays')
  },
}))
