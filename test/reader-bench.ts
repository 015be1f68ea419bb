/**
 * For journeys of S3: a house whose shop asks by telephone number, people with a card on plastic
 * and a reader's real process at their phone, and hands before it.
 */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, saidReady, startChild, untilReady } from '@warifu/cli/child'
import { plasticOf } from '@warifu/cli/entry-device-keys'
import type { KeptPlastic } from '@warifu/cli/entry-devices'
import { createKeeper } from '@warifu/cli/keeper'
import { openReaderPage, type ReaderPage } from '@warifu/cli/reader-page'
import {
  loadReaderKeys,
  makeSandboxReader,
  readerProgramOf,
  type SandboxReader,
} from '@warifu/cli/readers'
import { openPanel, type Panel } from '@warifu/devices/entry-device'
import { chipOf, paymentCard } from '@warifu/devices/payment-card'
import type { Question, Terminal } from '@warifu/devices/terminal'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { House } from './house.ts'
import { type Holder, type People, peopleOf, phoneAt } from './people.ts'

export type ReaderProcess = SandboxReader & {
  readonly child: Child
  readonly panel: Panel
  readonly close: () => Promise<void>
}

export async function startReader(
  house: House,
  name: string,
  at: { readonly port?: number } = {},
): Promise<ReaderProcess> {
  const { folder, operator, walletOrigin } = house
  const made = await makeSandboxReader(folder, name, { operator, ...at })
  const keeper = createKeeper()
  const program = await readerProgramOf(made, walletOrigin)
  const child = await startChild(program, join(folder, `${name}.log`), keeper)
  await untilReady(child, saidReady(child))
  await loadReaderKeys(made)
  const panel = await openPanel(made.panel_port)
  const close = async () => {
    panel.close()
    await child.stop()
    keeper.close()
  }
  return { ...made, child, panel, close }
}

/** A card of a holder's on plastic, with this PIN, its chip's counter where it stands. */
export async function plasticFor(house: House, card: string, pin: string): Promise<KeptPlastic> {
  const { folder, operator } = house
  const file = join(folder, `${card}.pin`)
  await writeFile(file, pin, { mode: 0o600 })
  return { ...(await plasticOf({ folder, operator }, card, file)), atc: 0 }
}

/** Hands before a reader: they see the amount, then show a card, then key a PIN. */
export const handsAt = ({ panel }: ReaderProcess) => {
  const see = () => panel.key('accept')
  return {
    see,
    swipe: async (card: KeptPlastic, track2 = card.track2) => {
      await see()
      return panel.swipe(`;${track2}?`)
    },
    insert: async (card: KeptPlastic) => {
      await see()
      let chip = chipOf(card)
      const answer = await panel.insert((apdu) => {
        const { state, reply } = paymentCard(chip, apdu)
        chip = state
        return reply
      })
      return { answer, card: { ...card, atc: chip.atc } }
    },
    key: async (pin: string) => {
      await panel.digits(pin)
      return panel.key('accept')
    },
  }
}

export type Bench = {
  readonly house: House
  readonly people: People
  readonly holder: Holder & { readonly phone: string }
  readonly reader: ReaderProcess
  readonly hands: ReturnType<typeof handsAt>
  readonly page: ReaderPage
  readonly card: KeptPlastic
  /** The shop asks by number. */
  readonly ask: (phone?: string) => Promise<Reply<'createPayment'>>
  /** What the shop reads of a payment; waits until it is no longer waited for. */
  readonly ended: (id: Id<'pay'>) => Promise<Reply<'getPayment'>>
  /** The terminal is asked, says yes, and carries the sale. */
  readonly approve: (payment: Id<'pay'>) => Promise<void>
  readonly begin: () => Promise<Id<'pay'>>
  readonly close: () => Promise<void>
}

export const PIN = '2580'

/** `phones`: so many numbers are others' already (people.ts). */
export async function openBench(house: House, phones = 0): Promise<Bench> {
  const people = peopleOf(house, phones)
  const phone = phoneAt(phones)
  const holder = { ...(await people.become('Aiko')), phone }
  const reader = await startReader(house, 'phone-1')
  const page = await openReaderPage(reader.port, house.walletOrigin)
  await page.pair(reader.panel)
  await page.register(holder.terminal, 'My reader')
  const card = await plasticFor(house, holder.card, PIN)
  const ask = (number = phone) =>
    people.merchant.payments.create({
      amount: 1200,
      currency: 'jpy',
      capture_method: 'manual',
      presentment: { kind: 'reader', phone: number },
    })
  const approve = async (payment: Id<'pay'>) => {
    const question = await questionFor(holder.terminal, payment)
    await holder.terminal.answer(question, 'approve')
    await page.carry(holder.terminal, payment)
  }
  return {
    house,
    people,
    holder,
    reader,
    hands: handsAt(reader),
    page,
    card,
    ask,
    ended: (id) => settled(people, id),
    approve,
    begin: async () => {
      const { id } = await ask()
      await approve(id)
      return id
    },
    close: async () => {
      page.close()
      await reader.close()
    },
  }
}

/** The terminal is asked by the clock, moments after the shop has asked. */
export async function questionFor(terminal: Terminal, payment: Id<'pay'>): Promise<Question> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const asked = (await terminal.questions()).find(({ content }) => content.subject.id === payment)
    if (asked !== undefined) return asked
    await sleep(50)
  }
  throw new Error('nobody was asked')
}

async function settled(people: People, id: Id<'pay'>): Promise<Reply<'getPayment'>> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const payment = await people.show(id)
    if (payment.status !== 'requires_action') return payment
    await sleep(50)
  }
  throw new Error('the payment is still waited for')
}
