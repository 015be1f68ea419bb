/** The shops that this person has told not to ask again, each with the way back. */
import { Button } from '@mantine/core'
import { useWords } from '@warifu/web/kit'
import { act } from './acting.ts'
import { type Mute, useMutes } from './asking.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { askedWords } from './words-asked.ts'
import { useWorld } from './world.tsx'

export function Mutes() {
  const ask = useWords(askedWords)
  const { data: mutes = [] } = useMutes()
  if (mutes.length === 0) return null
  return (
    <>
      <h2>{ask('mutes.title')}</h2>
      <ul className="mutes">
        {mutes.map((mute) => (
          <li key={mute.payee.id}>
            <Row mute={mute} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Row({ mute: { payee } }: { readonly mute: Mute }) {
  const ask = useWords(askedWords)
  const world = useWorld()
  const lifting = useDoing(() => act(world, () => world.terminal.liftMute(payee.id)))
  return (
    <>
      <p>
        {payee.name} · {payee.place}
      </p>
      <Button
        variant="default"
        size="compact-md"
        loading={lifting.runs}
        onClick={() => lifting.begin()}
      >
        {ask('mutes.lift')}
      </Button>
      {lifting.error === null ? null : <TroubleSaid error={lifting.error} />}
    </>
  )
}
