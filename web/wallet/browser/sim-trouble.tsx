/** What the bridge said no to, in the person's words; anything else as everywhere. */
import { BridgeRefused } from '@warifu/devices/terminal'
import { Said, useWords } from '@warifu/web/kit'
import { TroubleSaid } from './trouble-said.tsx'
import { type SimWord, simWords } from './words-sim.ts'

const wordOf: Readonly<Partial<Record<BridgeRefused['code'], SimWord>>> = {
  bridge_unreachable: 'sim.unreachable',
  not_paired: 'sim.not_paired',
  pairing_refused: 'sim.pairing_refused',
  busy: 'sim.busy',
  cancelled: 'sim.cancelled',
  not_answered: 'sim.not_answered',
  sim_absent: 'sim.absent',
  sim_foreign: 'sim.foreign',
  sim_pin_blocked: 'sim.pin_blocked',
  sim_deactivated: 'sim.deactivated',
  sim_not_written: 'sim.not_written',
  sim_record_empty: 'sim.record_empty',
  sim_digits_empty: 'sim.digits_empty',
}

export function SimTrouble({ error }: { readonly error: unknown }) {
  const say = useWords(simWords)
  if (error === null) return null
  if (!(error instanceof BridgeRefused)) return <TroubleSaid error={error} />
  return (
    <Said tone="refused" title={say('sim.trouble')} urgent>
      {say(wordOf[error.code] ?? 'sim.fault')}
    </Said>
  )
}
