/** Other limits and rules of a program: asked for here, agreed to by a second person. */
import { Button } from '@mantine/core'
import type { Body } from '@warifu/protocol/contract'
import { Said, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { amountIn, amountText, basisPointsIn } from './amount-in.ts'
import { type Asked, AskForm } from './asking.tsx'
import { useCall } from './calling.ts'
import type { RowOf } from './list-query.ts'
import { draftOf, type RuleDraft, rulesOf } from './rule-draft.ts'
import { RuleEditor } from './rule-editor.tsx'
import { useStale } from './stale.ts'
import { cardWords } from './words-cards.ts'
import { ruleWords } from './words-rules.ts'

type Program = RowOf<'findPrograms'>
type Props = { readonly program: Program; readonly onDone: () => void }

export function ProgramActs({ program }: { readonly program: Program }) {
  const say = useWords(ruleWords)
  return (
    <div className="acts">
      <OpenButton name={say('changeBounds')} title={say('changeBounds')}>
        {(close) => <ChangeBounds program={program} onDone={close} />}
      </OpenButton>
      <OpenButton name={say('changeRules')} title={say('changeRules')}>
        {(close) => <ChangeRules program={program} onDone={close} />}
      </OpenButton>
    </div>
  )
}

const amounts = ['per_transaction', 'per_day', 'per_month', 'signature_only_max'] as const
const amountWords = {
  per_transaction: 'perTransaction',
  per_day: 'perDay',
  per_month: 'perMonth',
  signature_only_max: 'signatureMax',
} as const
const boundOf = (program: Program, name: (typeof amounts)[number]): number =>
  name === 'signature_only_max' ? program[name] : (program.controls[name] ?? 0)

/** What is other than it was; undefined where nothing is, or where something is no amount. */
function changeIn(asked: Asked, program: Program): Body<'changeProgram'> | undefined {
  const { currency, second_above, renew_days } = program
  const change: { -readonly [K in keyof Body<'changeProgram'>]: Body<'changeProgram'>[K] } = {}
  for (const name of amounts) {
    const amount = amountIn(asked[name] ?? '', currency)
    if (amount === undefined) return undefined
    if (amount !== boundOf(program, name)) change[name] = amount
  }
  const second = asked['second_above'] ?? ''
  const above = second.trim() === '' ? null : amountIn(second, currency)
  if (above === undefined) return undefined
  if (above !== second_above) change.second_above = above
  const days = asked['renew_days'] ?? ''
  if (!/^[0-9]{1,4}$/.test(days)) return undefined
  if (Number(days) !== renew_days) change.renew_days = Number(days)
  const over = basisPointsIn(asked['over_capture'] ?? '')
  if (over === undefined) return undefined
  if (over !== program.over_capture) change.over_capture = over
  const isForced = asked['force_post'] === 'yes'
  if (isForced !== program.force_post) change.force_post = isForced
  return Object.keys(change).length === 0 ? undefined : change
}

function ChangeBounds({ program, onDone }: Props) {
  const say = useWords(ruleWords)
  const call = useCall()
  const { currency, second_above: above } = program
  const field = { isNumber: true, most: 16 }
  return (
    <AskForm
      act={say('askChange')}
      lead={say('changeLead')}
      fields={[
        ...amounts.map((name) => ({
          ...field,
          name,
          label: say(amountWords[name]),
          value: amountText(boundOf(program, name), currency),
        })),
        {
          ...field,
          name: 'second_above',
          label: say('secondAbove'),
          hint: say('secondLead'),
          value: above === null ? '' : amountText(above, currency),
        },
        {
          ...field,
          name: 'renew_days',
          label: say('renewDays'),
          value: String(program.renew_days),
        },
        {
          ...field,
          name: 'over_capture',
          label: say('overCapture'),
          hint: say('overCaptureLead'),
          value: amountText(program.over_capture, 'eur'),
        },
        {
          name: 'force_post',
          label: say('forcePost'),
          value: program.force_post ? 'yes' : 'no',
          choices: ['no', 'yes'],
        },
      ]}
      bodyOf={(asked) => changeIn(asked, program)}
      send={(body) => call('changeProgram', { params: { id: program.id }, body })}
      onDone={onDone}
    />
  )
}

function ChangeRules({ program, onDone }: Props) {
  const say = useWords(ruleWords)
  const sayCard = useWords(cardWords)
  const call = useCall()
  const stale = useStale()
  const { id, currency } = program
  const { isBusy, fault, run } = useAct()
  const [drafts, setDrafts] = useState<readonly RuleDraft[]>(() =>
    program.rules.map((rule) => draftOf(rule, currency)),
  )
  const [isWaiting, setWaiting] = useState(false)
  const rules = rulesOf(drafts, currency)
  const isOther = rules !== undefined && JSON.stringify(rules) !== JSON.stringify(program.rules)
  const ask = (event: FormEvent) => {
    event.preventDefault()
    if (!isOther) return
    void run(async () => {
      const { waiting } = await call('changeProgram', { params: { id }, body: { rules } })
      await stale()
      if (waiting === null) onDone()
      else setWaiting(true)
    })
  }
  if (isWaiting) return <Said tone="waiting" title={sayCard('waitsForSecond')} />
  return (
    <form className="dialog-form" onSubmit={ask}>
      <p>{sayCard('firstSpeaks')}</p>
      <RuleEditor drafts={drafts} onChange={setDrafts} />
      <Fault fault={fault} />
      <Button type="submit" loading={isBusy} disabled={!isOther}>
        {say('askChange')}
      </Button>
    </form>
  )
}
