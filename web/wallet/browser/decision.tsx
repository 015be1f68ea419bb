/** The decision with its reason; where it is yes, the card comes to this phone. */
import { Button } from '@mantine/core'
import type { Reply } from '@warifu/protocol/contract'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { useEffect, useRef } from 'react'
import { act } from './acting.ts'
import { usePrograms } from './asking.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { go } from './views.tsx'
import { applyingWords as words } from './words-applying.ts'
import { useWorld } from './world.tsx'

type Application = Reply<'getApplication'>
type Props = { readonly application: Application; readonly onAgain: () => void }

export function Decision({ application, onAgain }: Props) {
  const say = useWords(words)
  const { status, decision } = application
  if (status === 'approved') return <Install application={application} />
  if (status === 'deciding')
    return (
      <section className="view">
        <h1>{say('apply.another')}</h1>
        <Said tone="waiting" title={say('decision.deciding')}>
          {say('decision.deciding_more')}
        </Said>
      </section>
    )
  if (status === 'in_review')
    return (
      <section className="view">
        <h1>{say('apply.another')}</h1>
        <Said tone="waiting" title={say('decision.review')}>
          {say('decision.review_more')}
        </Said>
      </section>
    )
  const isRefused = status === 'refused'
  return (
    <section className="view">
      <h1>{say('apply.another')}</h1>
      <Said
        tone={isRefused ? 'refused' : 'waiting'}
        title={say(isRefused ? 'decision.refused' : 'decision.expired')}
      >
        {isRefused && decision !== null
          ? say(`reason.${decision.reason}`)
          : say('decision.expired_more')}
      </Said>
      <Button variant="default" size="md" onClick={onAgain}>
        {say('decision.again')}
      </Button>
    </section>
  )
}

/** Begins by itself: the person has said yes to the card by applying for it. */
function Install({ application }: { readonly application: Application }) {
  const say = useWords(words)
  const world = useWorld()
  const limit = useLimit(application)
  const install = useDoing(async () => {
    await act(world, () => world.terminal.install(application.id))
    go('/')
  })
  const hasBegun = useRef(false)
  const { begin } = install
  useEffect(() => {
    if (hasBegun.current) return
    hasBegun.current = true
    begin()
  }, [begin])
  return (
    <section className="view join">
      <Mark size={96} state={install.error === null ? 'waiting' : 'apart'} />
      <h1>{say('apply.another')}</h1>
      <Said tone="arrived" title={say('decision.approved')}>
        {limit === null ? null : say('decision.approved_more', { limit })}
      </Said>
      {install.error === null ? (
        <p className="quiet" role="status">
          {say('decision.installing')}
        </p>
      ) : (
        <>
          <TroubleSaid error={install.error} />
          <Button size="lg" fullWidth loading={install.runs} onClick={() => begin()}>
            {say('decision.install')}
          </Button>
        </>
      )}
    </section>
  )
}

function useLimit({ decision, program }: Application): string | null {
  const { language } = useLanguage()
  const { data: programs = [] } = usePrograms()
  const currency = programs.find(({ id }) => id === program)?.currency
  if (currency === undefined || decision === null || decision.limit === null) return null
  return formatMoney({ amount: decision.limit, currency }, localeOf[language])
}
