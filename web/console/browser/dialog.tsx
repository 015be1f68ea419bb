/**
 * A question before an act. The browser's own <dialog>: it holds the focus, Escape closes it, and
 * whatever opened it has the focus afterwards.
 */
import { useWords } from '@warifu/web/kit'
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { shellWords } from './words-shell.ts'

type Props = {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Dialog({ title, onClose, children }: Props) {
  const say = useWords(shellWords)
  const place = useRef<HTMLDialogElement>(null)
  const name = useId()
  // While it still stands on the page: what is taken away gives no focus back.
  useLayoutEffect(() => {
    const dialog = place.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog ref={place} className="dialog" aria-labelledby={name} onCancel={onClose}>
      <header className="dialog-head">
        <h2 id={name}>{title}</h2>
        <button type="button" className="plain-button" onClick={onClose}>
          {say('close')}
        </button>
      </header>
      {children}
    </dialog>
  )
}
