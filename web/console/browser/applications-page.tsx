/** What waits for a person of the issuer: applications and identity documents, oldest first. */
import { useQuery } from '@tanstack/react-query'
import { Mark, Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { Fault } from './act.tsx'
import { ContentFacts } from './act-content.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  moneyColumn,
  stateColumn,
  textColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { DecideApplication, JudgeDocument } from './deciding.tsx'
import { Dialog } from './dialog.tsx'
import { type Fact, Facts } from './facts.tsx'
import { Grid } from './grid.tsx'
import { ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { PageHead } from './page-head.tsx'
import type { Review } from './review.ts'
import { useSession } from './session.tsx'
import { VerificationLog } from './verification-log.tsx'
import { cardWords } from './words-cards.ts'
import type { FieldWord } from './words-fields.ts'
import { listWords } from './words-list.ts'
import { shellWords } from './words-shell.ts'

const incomeOf = ({ applicant, program: { currency } }: Review) => ({
  amount: applicant.annual_income,
  currency,
})

const columns: readonly Column<Review>[] = [
  timeColumn('since', ({ waits_since }) => waits_since),
  stateColumn('waitsFor', ({ kind, waiting }) => (waiting === null ? kind : 'second_person')),
  textColumn('program', ({ program }) => program.name),
  textColumn('name', ({ applicant }) => applicant.name),
  moneyColumn('income', incomeOf),
  wordColumn('work', ({ applicant }) => applicant.employment),
  textColumn('score', ({ bureau }) => (bureau?.score ?? null)?.toString(), 'minmax(0, 0.6fr)'),
]
const keyOf = ({ application, verification }: Review) => application + (verification ?? '')

const FRESH_MS = 5_000

export function ApplicationsPage() {
  const say = useWords(shellWords)
  const sayList = useWords(listWords)
  const sayCard = useWords(cardWords)
  const call = useCall()
  const [chosen, choose] = useState<Review | null>(null)
  const { data, error } = useQuery({
    queryKey: ['reviews'],
    queryFn: () => call('listReviews', {}),
    refetchInterval: FRESH_MS,
  })
  const rows = data?.data
  return (
    <section className="list-page">
      <PageHead title={say('applications')} />
      <h2>{sayCard('waiting')}</h2>
      <Fault fault={error} />
      {rows === undefined ? (
        <Mark size={48} state="waiting" label={sayList('reading')} />
      ) : rows.length === 0 ? (
        <Said tone="plain" title={sayCard('nobodyWaits')}>
          <p>{sayCard('nobodyWaitsLead')}</p>
        </Said>
      ) : (
        <Grid label={say('applications')} rows={rows} onOpen={choose} {...{ columns, keyOf }} />
      )}
      {chosen === null ? null : (
        <Dialog title={chosen.applicant.name} onClose={() => choose(null)}>
          <OneReview review={chosen} onDone={() => choose(null)} />
        </Dialog>
      )}
      <AllApplications />
    </section>
  )
}

const all: readonly Column<RowOf<'findApplications'>>[] = [
  timeColumn('time', ({ created_at }) => created_at),
  stateColumn('status', ({ status }) => status),
  textColumn('program', ({ program }) => program.name),
  textColumn('cardholder', ({ cardholder }) => cardholder.name ?? cardholder.id),
  wordColumn('reason', ({ decision }) => decision?.reason),
  moneyColumn('limit', ({ decision, currency }) => {
    const amount = decision?.limit ?? null
    return amount === null ? null : { amount, currency }
  }),
]

/** Decided and waiting alike. */
function AllApplications() {
  const say = useWords(cardWords)
  return (
    <ListPart
      title={say('allApplications')}
      name="findApplications"
      columns={all}
      keyOf={({ id }) => id}
      leadsTo={({ card }) => (card === null ? undefined : `/cards/${card}`)}
    />
  )
}

type Props = { readonly review: Review; readonly onDone: () => void }

function OneReview({ review, onDone }: Props) {
  const { may } = useSession()
  return (
    <div className="dialog-form">
      <Facts facts={factsOf(review)} />
      <Waiting review={review} />
      <Document review={review} />
      {review.verification !== null && may('getVerificationLog') ? (
        <VerificationLog verification={review.verification} />
      ) : null}
      {review.kind === 'document' && review.verification !== null && may('judgeDocument') ? (
        <JudgeDocument verification={review.verification} onDone={onDone} />
      ) : null}
      {review.kind === 'application' && may('decideReview') ? (
        <DecideApplication review={review} onDone={onDone} />
      ) : null}
    </div>
  )
}

function Waiting({ review: { waiting, program } }: { readonly review: Review }) {
  const say = useWords(cardWords)
  if (waiting === null) return null
  return (
    <>
      <Said tone="waiting" title={say('waitsForSecond')} />
      <ContentFacts content={waiting.content} currency={program.currency} />
    </>
  )
}

/** Of the machine-readable lines (ICAO 9303), field by field: what is compared with the person. */
const documentFields: Readonly<Record<string, FieldWord>> = {
  format: 'documentFormat',
  kind: 'kind',
  issuer: 'documentIssuer',
  surname: 'surname',
  given_names: 'givenNames',
  birth_date: 'born',
  expiry_date: 'expires',
  document_number: 'documentNumber',
}

function Document({ review: { document } }: { readonly review: Review }) {
  if (document === null) return null
  const facts = Object.entries(document).map(
    ([name, text]): Fact => [documentFields[name] ?? 'about', { text }],
  )
  return <Facts facts={facts} />
}

const factsOf = (review: Review): readonly Fact[] => {
  const { applicant, bureau, program, rule } = review
  const debt = bureau?.debt ?? null
  return [
    ['program', { text: program.name }],
    ['since', { time: review.waits_since }],
    ['born', { text: applicant.birth_date }],
    ['income', { money: incomeOf(review) }],
    ['work', { word: applicant.employment }],
    ['score', { count: bureau?.score ?? null }],
    ['debt', { money: debt === null ? null : { amount: debt, currency: program.currency } }],
    ['rule', { count: rule }],
    ['application', { code: review.application }],
  ]
}
