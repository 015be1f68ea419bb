/** A card factory is let in by the file of public keys that it handed over. */
import { Button, TextInput } from '@mantine/core'
import type { Body } from '@warifu/protocol/contract'
import { isId } from '@warifu/protocol/ids'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useId, useState } from 'react'
import { Fault, useAsking } from './act.tsx'
import { fieldWords } from './words-fields.ts'
import { orderWords } from './words-orders.ts'

/** What the API wants of the file; that its key is one, the API says. */
async function keysIn(file: File) {
  const text: unknown = JSON.parse(await file.text().catch(() => 'null'))
  if (typeof text !== 'object' || text === null) return undefined
  const { bureau, signing_key: key } = text as Readonly<Record<string, unknown>>
  const isWhole = typeof bureau === 'string' && isId('bur', bureau) && typeof key === 'object'
  return isWhole && key !== null ? { id: bureau, signing_key: key } : undefined
}
type Keys = NonNullable<Awaited<ReturnType<typeof keysIn>>>

export function AddBureau({ onDone }: { readonly onDone: () => void }) {
  const say = useWords(orderWords)
  const sayField = useWords(fieldWords)
  const { call, stale, keyFor, isBusy, fault, run } = useAsking()
  const [name, setName] = useState('')
  const [keys, setKeys] = useState<Keys | null>(null)
  const [isOther, setOther] = useState(false)
  const id = useId()
  const choose = async (file: File | undefined) => {
    const found = file && (await keysIn(file).catch(() => undefined))
    setKeys(found ?? null)
    setOther(file !== undefined && found === undefined)
  }
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (keys === null) return
    void run(async () => {
      // The file's key is read as one by the API.
      const body = { ...keys, name: name.trim() } as Body<'createBureau'>
      await call('createBureau', { body }, keyFor(body))
      await stale()
      onDone()
    })
  }
  return (
    <form className="dialog-form" onSubmit={send}>
      <p>{say('addBureauLead')}</p>
      <TextInput
        label={sayField('name')}
        value={name}
        maxLength={80}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="form-field">
        <label htmlFor={id}>{say('keyFile')}</label>
        <input
          id={id}
          type="file"
          accept=".json,application/json"
          required
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
        {isOther ? <p role="alert">{say('keyFileWrong')}</p> : null}
      </div>
      <Fault fault={fault} />
      <Button type="submit" loading={isBusy} disabled={keys === null || name.trim() === ''}>
        {say('addBureau')}
      </Button>
    </form>
  )
}
