/** A secret that is shown once: to be copied now, and gone with its dialog. */
import { Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { useGround } from './ground.ts'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

export function Secret({ text }: { readonly text: string | null }) {
  const say = useWords(shopWords)
  const sayShell = useWords(shellWords)
  const { copy } = useGround()
  const [isCopied, setCopied] = useState(false)
  if (text === null) return <Said tone="waiting" title={say('secretGone')} />
  return (
    <Said tone="arrived" title={say('secretOnce')}>
      <p className="secret">
        <code>{text}</code>
      </p>
      <button
        type="button"
        className="plain-button"
        onClick={() => void copy(text).then(() => setCopied(true))}
      >
        {sayShell(isCopied ? 'copied' : 'copy')}
      </button>
    </Said>
  )
}
