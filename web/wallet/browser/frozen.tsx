/** The chosen card is frozen: said with the way on, where the payment waits. */
import { Button } from '@mantine/core'
import type { Id } from '@warifu/protocol/ids'
import { Said, useWords } from '@warifu/web/kit'
import { act } from './acting.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

export function Frozen({ card }: { readonly card: Id<'crd'> }) {
  const say = useWords(words)
  const world = useWorld()
  const unfreeze = useDoing(() => act(world, () => world.terminal.resume(card)))
  return (
    <Said tone="waiting" title={say('pay.frozen')}>
      {unfreeze.error === null ? null : <TroubleSaid error={unfreeze.error} />}
      <Button
        variant="default"
        size="sm"
        mt={12}
        loading={unfreeze.runs}
        onClick={() => unfreeze.begin()}
      >
        {say('card.unfreeze')}
      </Button>
    </Said>
  )
}
