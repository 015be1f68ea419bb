/** The wallet was stopped: told plainly, with the way on. */
import { Button } from '@mantine/core'
import { Said, useWords } from '@warifu/web/kit'
import { useDoing } from './doing.ts'
import { enrolHere } from './enrolling.ts'
import { type Stopped, stop } from './stopping.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

type Notices = Awaited<ReturnType<ReturnType<typeof useWorld>['terminal']['notices']>>

const tellsOfFork = (notices: Notices): boolean =>
  notices.some(({ type, data }) => type === 'terminal.suspended' && 'reason' in data)

export function StoppedView({ why }: { readonly why: Stopped }) {
  const say = useWords(words)
  const world = useWorld()
  // Reading notices asks for the passkey: what stopped the wallet is told to its owner only.
  const look = useDoing(async () => {
    if (tellsOfFork(await world.terminal.notices())) await stop(world, 'forked')
  })
  const anew = useDoing(async () => {
    await enrolHere(world)
  })
  const isForked = why === 'forked'
  return (
    <>
      <h1>{say('stopped.title')}</h1>
      <Said tone="refused" title={say(isForked ? 'stopped.forked' : 'stopped.title')} urgent>
        {say(isForked ? 'stopped.forked_more' : 'stopped.other_more')}
      </Said>
      {look.error === null ? null : <TroubleSaid error={look.error} />}
      {anew.error === null ? null : <TroubleSaid error={anew.error} />}
      {isForked ? null : (
        <Button variant="default" size="md" loading={look.runs} onClick={() => look.begin()}>
          {say('stopped.what')}
        </Button>
      )}
      <Button size="md" loading={anew.runs} onClick={() => anew.begin()}>
        {say('stopped.anew')}
      </Button>
      <p className="quiet">{say('stopped.anew_more')}</p>
    </>
  )
}
