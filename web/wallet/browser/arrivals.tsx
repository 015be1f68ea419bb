/** On the old phone: another one comes in its place, and may be called back. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Id } from '@warifu/protocol/ids'
import { Said, useWords } from '@warifu/web/kit'
import { act } from './acting.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

export function Arrivals() {
  const say = useWords(words)
  const world = useWorld()
  const { data } = useQuery({
    queryKey: ['arrivals'],
    queryFn: () => world.terminal.arrivals(),
  })
  const coming = data?.find(({ status }) => ['proving', 'waiting'].includes(status))
  const cancel = useDoing((id: Id<'trm'>) => act(world, () => world.terminal.cancelArrival(id)))
  if (coming === undefined) return null
  return (
    <Said tone="refused" title={say('arrivals.title')} urgent>
      <p>{say('arrivals.more')}</p>
      {cancel.error === null ? null : <TroubleSaid error={cancel.error} />}
      <Button
        variant="default"
        mt={12}
        loading={cancel.runs}
        onClick={() => cancel.begin(coming.terminal)}
      >
        {say('arrivals.cancel')}
      </Button>
    </Said>
  )
}
