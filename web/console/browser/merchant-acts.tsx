/** What the platform's people do with a merchant: its fees, its day, its balance, its end. */
import type { Reply } from '@warifu/protocol/contract'
import { useWords } from '@warifu/web/kit'
import { OpenButton } from './act-button.tsx'
import { Adjust } from './adjusting.tsx'
import { amountIn, basisPointsIn } from './amount-in.ts'
import { type Asked, AskForm } from './asking.tsx'
import { useCall } from './calling.ts'
import { currencyIn } from './currency-in.ts'
import { useSession } from './session.tsx'
import { moneyWords } from './words-money.ts'
import { shopWords } from './words-shop.ts'

type Merchant = Reply<'readMerchant'>['merchant']
type Props = { readonly merchant: Merchant; readonly onDone: () => void }

export function MerchantActs({ merchant }: { readonly merchant: Merchant }) {
  const say = useWords(shopWords)
  const sayMoney = useWords(moneyWords)
  const { may } = useSession()
  const isOpen = merchant.closed_at === null
  return (
    <div className="acts">
      {may('makeAdjustment') ? (
        <OpenButton name={sayMoney('adjust')} title={sayMoney('adjust')}>
          {(close) => <Adjust whose={{ merchant: merchant.id }} onDone={close} />}
        </OpenButton>
      ) : null}
      {may('putFeeTerms') && isOpen ? (
        <OpenButton name={sayMoney('feeTerms')} title={sayMoney('feeTerms')}>
          {(close) => <Fees merchant={merchant} onDone={close} />}
        </OpenButton>
      ) : null}
      {may('setSettlementZone') && isOpen ? (
        <OpenButton name={sayMoney('setZone')} title={sayMoney('setZone')}>
          {(close) => <Zone merchant={merchant} onDone={close} />}
        </OpenButton>
      ) : null}
      {may('closeMerchant') && isOpen ? (
        <OpenButton name={say('closeMerchant')} title={say('closeMerchant')}>
          {(close) => <Close merchant={merchant} onDone={close} />}
        </OpenButton>
      ) : null}
    </div>
  )
}

function Close({ merchant: { id }, onDone }: Props) {
  const say = useWords(shopWords)
  const call = useCall()
  return (
    <AskForm
      act={say('closeMerchant')}
      isDangerous
      lead={say('closeMerchantLead')}
      fields={[]}
      bodyOf={() => ({})}
      send={() => call('closeMerchant', { params: { id } })}
      onDone={onDone}
    />
  )
}

function feesIn(asked: Asked) {
  const currency = currencyIn(asked['currency'])
  const fixed = currency === undefined ? undefined : amountIn(asked['fixed'] ?? '', currency)
  const points = basisPointsIn(asked['rate'] ?? '')
  if (currency === undefined || fixed === undefined || points === undefined) return undefined
  return { currency, fixed, basis_points: points }
}

function Fees({ merchant: { id }, onDone }: Props) {
  const say = useWords(moneyWords)
  const call = useCall()
  const number = { isNumber: true, most: 16 }
  return (
    <AskForm
      act={say('putFees')}
      lead={say('feesLead')}
      fields={[
        { name: 'currency', label: say('currency'), hint: say('currencyLead'), most: 3 },
        { ...number, name: 'rate', label: say('feeRate') },
        { ...number, name: 'fixed', label: say('feeFixed'), value: '0' },
      ]}
      bodyOf={feesIn}
      send={async (terms) => {
        await call('putFeeTerms', { body: { merchant: id, ...terms } })
        return {}
      }}
      onDone={onDone}
    />
  )
}

function Zone({ merchant: { id }, onDone }: Props) {
  const say = useWords(moneyWords)
  const call = useCall()
  return (
    <AskForm
      act={say('setZone')}
      lead={say('zoneLead')}
      fields={[{ name: 'zone', label: say('zone'), most: 40 }]}
      bodyOf={({ zone = '' }) => (/^[A-Za-z0-9_+/-]+$/.test(zone) ? { zone } : undefined)}
      send={async (body) => {
        await call('setSettlementZone', { params: { id }, body })
        return {}
      }}
      onDone={onDone}
    />
  )
}
