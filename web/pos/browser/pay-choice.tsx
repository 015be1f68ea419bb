/** How the customer pays: asked on their phone, by a card here, or with money of another kind. */
import { useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { ByCash } from './by-cash.tsx'
import { ByCode } from './by-code.tsx'
import { ByDevice } from './by-device.tsx'
import { ByPhone } from './by-phone.tsx'
import { BySaved } from './by-saved.tsx'
import { byLink, type Choosing, type Chosen, notYet } from './chosen.ts'
import { Nearby } from './nearby.tsx'
import { customerGiven } from './views.tsx'
import type { PayWay } from './wire.ts'
import { words } from './words.ts'
import './pay.css'

export const wayIn = ({ pay }: Chosen): { readonly pay?: PayWay } =>
  pay === undefined ? {} : { pay }

type Kind = PayWay['kind'] | 'link'
const kindWords = {
  link: 'payLink',
  code: 'payCode',
  phone: 'payPhone',
  reader: 'payReader',
  beacon: 'payNearby',
  device: 'payDevice',
  moto: 'payMoto',
  saved: 'paySaved',
  cash: 'payCash',
  transfer: 'payTransfer',
} as const satisfies Record<Kind, unknown>

/** What fits a customer who stands before the till, and one at the other end of a line. */
export type Desk = 'counter' | 'phone'
const kindsAt: Readonly<Record<Desk, readonly Kind[]>> = {
  counter: ['link', 'code', 'phone', 'beacon', 'device', 'reader', 'saved', 'cash', 'transfer'],
  phone: ['phone', 'moto', 'saved', 'link', 'transfer'],
}

type Props = Choosing & {
  readonly desk: Desk
  readonly amount: number
  readonly currency: string
}

export function PayChoice({ desk, choose, amount, currency }: Props) {
  const say = useWords(words)
  const [given] = useState(customerGiven)
  const [first] = kindsAt[desk]
  const [kind, setKind] = useState<Kind>(given === undefined ? (first ?? 'link') : 'saved')
  const pick = (one: Kind) => {
    setKind(one)
    choose(whole(one) ?? notYet)
  }
  return (
    <div className="pay-choice">
      <fieldset className="pay-kinds pay-tiles">
        <legend>{say('payHow')}</legend>
        {kindsAt[desk].map((one) => (
          <label key={one}>
            <input type="radio" name="pay" checked={kind === one} onChange={() => pick(one)} />
            {say(kindWords[one])}
          </label>
        ))}
      </fieldset>
      <More key={kind} {...{ kind, choose, amount, currency, given }} />
    </div>
  )
}

/** What needs nothing more than to be chosen. */
const whole = (kind: Kind): Chosen | undefined => {
  if (kind === 'link') return byLink
  return kind === 'transfer' ? { pay: { kind }, isMissing: false } : undefined
}

type MoreProps = Omit<Props, 'desk'> & {
  readonly kind: Kind
  readonly given: string | undefined
}

/** What a way needs besides. */
function More({ kind, choose, given, ...money }: MoreProps) {
  switch (kind) {
    case 'code':
      return <ByCode choose={choose} />
    case 'phone':
    case 'reader':
      return <ByPhone kind={kind} choose={choose} />
    case 'beacon':
      return <Nearby choose={choose} />
    case 'device':
    case 'moto':
      return <ByDevice kind={kind} choose={choose} />
    case 'saved':
      return <BySaved choose={choose} given={given} />
    case 'cash':
      return <ByCash choose={choose} {...money} />
    case 'link':
    case 'transfer':
      return null
  }
}
