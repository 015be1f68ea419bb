/** The wallet was stopped: told plainly, with the way on. */
import { Button } from '@mantine/core'
import type { Id } from '@warifu/protocol/ids'
import { refusalWords, Said, useLanguage, useWords } from '@warifu/web/kit'
import { Coming } from './arrivals.tsx'
import { useStopped } from './asking.ts'
import { useDoing } from './doing.ts'
import { enrolHere } from './enrolling.ts'
import { stop } from './stopping.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { stoppedWords as words } from './words-stopped.ts'
import { useWorld } from './world.tsx'

type Notices = Awaited<ReturnType<ReturnType<typeof useWorld>['terminal']['notices']>>

const tellsOfFork = (notices: Notices, own: Id<'trm'> | null): boolean =>
  notices.some(
    ({ type, subject, data }) =>
      type === 'terminal.suspended' && subject === own && 'reason' in data,
  )

export function StoppedView() {
  const say = useWords(words)
  const { data: why } = useStopped()
  const part = why === 'forked' || why === 'removed' ? why : 'other'
  return (
    <section className="view">
      <h1>{say(part === 'removed' ? 'stopped.removed_title' : 'stopped.title')}</h1>
      <Said tone="refused" title={say(`stopped.${part}`)} urgent>
        {say(`stopped.${part}_more`)}
      </Said>
      {part === 'other' ? <WhatHappened /> : null}
      <Anew more={part === 'removed' ? 'stopped.asked_next' : 'stopped.anew_more'} />
    </section>
  )
}

/** Another phone has its place: it is asked nothing more, but calls back one it never let in. */
export function ReplacedView() {
  const say = useWords(words)
  const { language } = useLanguage()
  return (
    <section className="view">
      <h1>{say('stopped.replaced')}</h1>
      <p className="lead">{refusalWords('terminal_replaced', language)}</p>
      <Coming />
      <Anew more="stopped.asked_next" />
    </section>
  )
}

function Anew({ more }: { readonly more: 'stopped.asked_next' | 'stopped.anew_more' }) {
  const say = useWords(words)
  const world = useWorld()
  const anew = useDoing(() => enrolHere(world))
  return (
    <>
      {anew.error === null ? null : <TroubleSaid error={anew.error} />}
      <p className="quiet">{say(more)}</p>
      <div className="acts">
        <Button size="lg" fullWidth loading={anew.runs} onClick={() => anew.begin()}>
          {say('stopped.anew')}
        </Button>
      </div>
    </>
  )
}

/** Reading notices asks for the passkey: what stopped the wallet is told to its owner only. */
function WhatHappened() {
  const say = useWords(words)
  const world = useWorld()
  const look = useDoing(async () => {
    const { terminal } = await world.terminal.state()
    if (tellsOfFork(await world.terminal.notices(), terminal)) await stop(world, 'forked')
  })
  return (
    <>
      {look.error === null ? null : <TroubleSaid error={look.error} />}
      <Button variant="default" size="md" loading={look.runs} onClick={() => look.begin()}>
        {say('stopped.what')}
      </Button>
    </>
  )
}
