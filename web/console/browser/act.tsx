/** Doing one thing at a time, and what came of it: under way, refused, or cut off. */
import type { Refusal } from '@warifu/protocol/errors'
import { ApiError, NoAnswer } from '@warifu/sdk/api-call'
import { Mark, Said, useWords } from '@warifu/web/kit'
import { useRef, useState } from 'react'
import { useCall } from './calling.ts'
import { useGround } from './ground.ts'
import { NoPasskey } from './passkey.ts'
import { useReason } from './reasons.ts'
import { useStale } from './stale.ts'
import { shellWords } from './words-shell.ts'

export function useAct() {
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const run = async (work: () => Promise<void>) => {
    if (isBusy) return
    setBusy(true)
    setFault(null)
    try {
      await work()
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, fault, run }
}

/** What a form asks of the API: the same asked again, after a cut line, is done once. */
export function useAsking() {
  const { newKey } = useGround()
  const last = useRef({ asked: '', key: '' })
  const keyFor = (what: unknown): string => {
    const asked = JSON.stringify(what)
    if (asked !== last.current.asked) last.current = { asked, key: newKey() }
    return last.current.key
  }
  return { call: useCall(), stale: useStale(), keyFor, ...useAct() }
}

const codeOf = (fault: unknown): Refusal | undefined =>
  fault instanceof ApiError ? fault.code : undefined

/** Nothing has come yet: it is waited for, or why it does not come. */
export const NotYet = ({ fault, label }: { readonly fault: unknown; readonly label: string }) =>
  fault === null ? <Mark size={48} state="waiting" label={label} /> : <Fault fault={fault} />

/** What went wrong, in the person's language, and what is true all the same. */
export function Fault({ fault }: { readonly fault: unknown }) {
  const say = useWords(shellWords)
  const reason = useReason()
  if (fault === null || fault === undefined) return null
  const code = codeOf(fault)
  if (fault instanceof NoPasskey) return <Said tone="waiting" title={say('noPasskey')} urgent />
  if (code === undefined)
    return (
      <Said tone="waiting" title={say('cutTitle')} urgent>
        {say(fault instanceof NoAnswer ? 'cut' : 'unread')}
      </Said>
    )
  const { message, requestId } = fault as ApiError
  return (
    <Said tone="refused" title={say('refusedTitle')} urgent>
      <p>{code === 'field_invalid' ? message : reason(code)}</p>
      <p className="small">
        <code>{code}</code> · <code>{requestId}</code>
      </p>
    </Said>
  )
}
