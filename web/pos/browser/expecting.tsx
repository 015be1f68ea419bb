/** A transfer that the shop waits for: written down as arrived by whoever has seen it. */
import { Button, TextInput } from '@mantine/core'
import { Said, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { useGround } from './ground.tsx'
import { useTill } from './till-live.tsx'
import { orderIn } from './told.ts'
import { Trouble } from './trouble.tsx'
import { useAct } from './use-act.ts'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export function Expecting({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { post } = useGround()
  const { learn } = useTill()
  const { isBusy, problem, run } = useAct()
  const [text, setText] = useState('')
  const reference = text.trim()
  const arrive = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      const told = reference === '' ? {} : { reference }
      learn(orderIn(await post(`/api/orders/${order.number}/arrival`, told)))
    })
  }
  return (
    <>
      <Said tone="waiting" title={say('expectedTitle')}>
        {say('expected')}
      </Said>
      <form className="expecting" onSubmit={arrive}>
        <TextInput
          size="md"
          label={say('reference')}
          maxLength={64}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Trouble problem={problem} />
        <Button type="submit" size="lg" fullWidth loading={isBusy}>
          {say('arrived')}
        </Button>
      </form>
    </>
  )
}
