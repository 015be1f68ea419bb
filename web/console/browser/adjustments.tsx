/** Every adjustment that two people made, and the way to take one back. */
import { useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { OpenButton } from './act-button.tsx'
import { AskForm } from './asking.tsx'
import { useCall } from './calling.ts'
import { type Column, codeColumn, moneyColumn, textColumn, timeColumn } from './columns.tsx'
import { Dialog } from './dialog.tsx'
import { Facts } from './facts.tsx'
import { ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { useSession } from './session.tsx'
import { fieldWords } from './words-fields.ts'
import { moneyWords } from './words-money.ts'

type Adjustment = RowOf<'listAdjustments'>

const columns: readonly Column<Adjustment>[] = [
  timeColumn('time', ({ created_at }) => created_at),
  moneyColumn('amount', (row) => row),
  codeColumn('about', ({ merchant, card }) => merchant ?? card),
  textColumn('reason', ({ reason }) => reason, 'minmax(0, 2fr)'),
  textColumn('reference', ({ reference }) => reference),
]

export function Adjustments() {
  const say = useWords(moneyWords)
  const [chosen, choose] = useState<Adjustment | null>(null)
  return (
    <>
      <ListPart
        title={say('adjustments')}
        name="listAdjustments"
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={choose}
      />
      {chosen === null ? null : (
        <Dialog title={chosen.reference} onClose={() => choose(null)}>
          <One adjustment={chosen} onDone={() => choose(null)} />
        </Dialog>
      )}
    </>
  )
}

type Props = { readonly adjustment: Adjustment; readonly onDone: () => void }

function One({ adjustment, onDone }: Props) {
  const say = useWords(moneyWords)
  const { may } = useSession()
  const { merchant, card } = adjustment
  return (
    <div className="dialog-form">
      <Facts
        facts={[
          ['amount', { money: adjustment }],
          [
            'about',
            { code: merchant ?? card, to: merchant ? `/merchants/${merchant}` : `/cards/${card}` },
          ],
          ['reason', { text: adjustment.reason }],
          ['asker', { code: adjustment.asked_by }],
          ['ender', { code: adjustment.by }],
          ['replaces', { code: adjustment.reverses }],
          ['id', { code: adjustment.id }],
        ]}
      />
      {may('makeAdjustment') && adjustment.reverses === null ? (
        <div className="acts">
          <OpenButton name={say('takeItBack')} title={say('takeItBack')}>
            {() => <TakeBack adjustment={adjustment} onDone={onDone} />}
          </OpenButton>
        </div>
      ) : null}
    </div>
  )
}

function TakeBack({ adjustment, onDone }: Props) {
  const say = useWords(moneyWords)
  const sayField = useWords(fieldWords)
  const call = useCall()
  const { id, merchant, card, amount, currency } = adjustment
  const whose = { ...(merchant && { merchant }), ...(card && { card }) }
  return (
    <AskForm
      act={say('takeItBack')}
      isDangerous
      lead={say('takeItBackLead')}
      fields={[
        { name: 'reason', label: sayField('reason'), most: 200 },
        { name: 'reference', label: sayField('reference'), hint: say('onceLead') },
      ]}
      bodyOf={({ reason = '', reference = '' }) =>
        reason.trim() === '' || reference.trim() === ''
          ? undefined
          : { reason: reason.trim(), reference: reference.trim() }
      }
      send={(said, once) => {
        const body = { ...whose, amount: -amount, currency, reverses: id, ...said }
        return call('makeAdjustment', { body }, once)
      }}
      onDone={onDone}
    />
  )
}
