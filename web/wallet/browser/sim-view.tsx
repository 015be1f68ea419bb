/**
 * The card in the phone's SIM: connect the bridge once, take the SIM into use once. Every question
 * of the bridge is answered in its own window, which this page cannot look into.
 */
import { Button } from '@mantine/core'
import { Said, useWords } from '@warifu/web/kit'
import { useDoing } from './doing.ts'
import { connect, takeIntoUse } from './sim.ts'
import { OldDigits } from './sim-digits-said.tsx'
import { SimTrouble } from './sim-trouble.tsx'
import { useSim } from './sim-use.ts'
import { simWords } from './words-sim.ts'
import { useWorld } from './world.tsx'

export function SimView() {
  const say = useWords(simWords)
  const world = useWorld()
  const { data: kept } = useSim()
  const connecting = useDoing(() => connect(world))
  const using = useDoing(async () => {
    if (kept) await takeIntoUse(world, kept)
  })
  if (kept === undefined) return null
  const { bridge } = world
  const runs = connecting.runs || using.runs
  return (
    <section className="view">
      <h1>{say('sim.title')}</h1>
      <p className="lead">{say('sim.lead')}</p>
      {bridge === null ? <Said tone="waiting" title={say('sim.unreachable')} /> : null}
      {kept?.sim ? (
        <Said tone="plain" title={say('sim.in_use', { last4: kept.sim.iccid_last4 })}>
          {say('sim.cards', { count: String(kept.sim.cards.length) })}
        </Said>
      ) : null}
      {kept?.sim && bridge !== null ? <OldDigits sim={kept.sim} /> : null}
      {runs ? <p role="status">{say('sim.answer')}</p> : null}
      <SimTrouble error={connecting.error ?? using.error} />
      {bridge === null ? null : (
        <div className="acts">
          <Button size="lg" fullWidth loading={connecting.runs} onClick={() => connecting.begin()}>
            {say('sim.connect')}
          </Button>
          {kept === null ? null : (
            <Button size="lg" fullWidth loading={using.runs} onClick={() => using.begin()}>
              {say('sim.use')}
            </Button>
          )}
          <a href={bridge} target="_blank" rel="noreferrer">
            {say('sim.window')}
          </a>
        </div>
      )}
    </section>
  )
}
