/** How an order stands, as a word, a sign and a colour: never by colour alone. */
import { type Tone, Toned, useWords } from '@warifu/web/kit'
import type { Order } from './wire.ts'
import { words } from './words.ts'

type Word = keyof (typeof words)['en']
export type Standing = { readonly word: Word; readonly tone: Tone }

const standings: Readonly<Record<Order['status'], Standing>> = {
  asking: { word: 'statusAsking', tone: 'waiting' },
  expected: { word: 'statusExpected', tone: 'waiting' },
  requires_action: { word: 'statusWaiting', tone: 'waiting' },
  processing: { word: 'statusWaiting', tone: 'waiting' },
  authorized: { word: 'statusApproved', tone: 'arrived' },
  captured: { word: 'statusPaid', tone: 'arrived' },
  settled: { word: 'statusPaid', tone: 'arrived' },
  declined: { word: 'statusDeclined', tone: 'refused' },
  cancelled: { word: 'statusCancelled', tone: 'plain' },
  reversed: { word: 'statusCancelled', tone: 'plain' },
  expired: { word: 'statusExpired', tone: 'plain' },
  refused: { word: 'statusRefused', tone: 'refused' },
}

export function standingOf(order: Order): Standing {
  const { status, doubt, captured, refunded } = order
  if (doubt && !isOwn(order)) return { word: 'statusDoubt', tone: 'waiting' }
  if (refunded > 0)
    return { word: refunded < captured ? 'statusPartlyRefunded' : 'statusRefunded', tone: 'plain' }
  return standings[status]
}

/** Money that the shop took itself: it is there, whatever the platform has heard of it. */
export const isOwn = ({ asked }: Order): boolean => asked === 'cash' || asked === 'transfer'
export const isPaid = ({ status }: Order): boolean =>
  status === 'authorized' || status === 'captured' || status === 'settled'
export const isWaiting = ({ status }: Order): boolean =>
  status === 'asking' || status === 'requires_action' || status === 'processing'

/** How it is paid, in a word. */
export const wayWords = {
  link: 'wayLink',
  code: 'wayCode',
  phone: 'wayPhone',
  reader: 'wayReader',
  beacon: 'wayBeacon',
  device: 'wayDevice',
  moto: 'wayMoto',
  saved: 'waySaved',
  cash: 'wayCash',
  transfer: 'wayTransfer',
} as const satisfies Record<NonNullable<Order['asked']> | 'link', Word>
export const wayWordOf = ({ asked }: Order): Word => wayWords[asked ?? 'link']

export function StandingWord({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { word, tone } = standingOf(order)
  return <Toned tone={tone}>{say(word)}</Toned>
}
