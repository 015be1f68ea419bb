/** One act behind one button: asked about first where it cannot be taken back. */
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { Dialog } from './dialog.tsx'

type Props = {
  readonly name: string
  /** What it answers with, if a text, is what came of it: it is said beside the button. */
  readonly work: () => Promise<unknown>
  /** What is to be known before; without it the act is done at once. */
  readonly ask?: { readonly title: string; readonly lead: string }
  readonly isDangerous?: boolean
}

export function ActButton({ name, work, ask, isDangerous = false }: Props) {
  const [isAsked, setAsked] = useState(false)
  const [told, setTold] = useState('')
  const { isBusy, fault, run } = useAct()
  const colour = isDangerous ? 'crimson' : 'indigo'
  const act = () =>
    run(async () => {
      const answer = await work()
      setTold(typeof answer === 'string' ? answer : '')
      setAsked(false)
    })
  if (ask === undefined)
    return (
      <>
        <Button variant="default" loading={isBusy} onClick={act}>
          {name}
        </Button>
        <Told text={told} />
        <Fault fault={fault} />
      </>
    )
  return (
    <>
      <Button variant="default" aria-haspopup="dialog" onClick={() => setAsked(true)}>
        {name}
      </Button>
      <Told text={told} />
      {isAsked ? (
        <Dialog title={ask.title} onClose={() => setAsked(false)}>
          <div className="dialog-form">
            <p>{ask.lead}</p>
            <Fault fault={fault} />
            <Button color={colour} loading={isBusy} onClick={act}>
              {name}
            </Button>
          </div>
        </Dialog>
      ) : null}
    </>
  )
}

const Told = ({ text }: { readonly text: string }) => (
  <span className="small" role="status">
    {text}
  </span>
)

type OpenProps = {
  readonly name: string
  readonly title: string
  readonly variant?: 'filled' | 'default'
  readonly children: (close: () => void) => ReactNode
}

/** A button that opens a dialog with a form of its own. */
export function OpenButton({ name, title, variant = 'default', children }: OpenProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant={variant} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {name}
      </Button>
      {isOpen ? (
        <Dialog title={title} onClose={() => setOpen(false)}>
          {children(() => setOpen(false))}
        </Dialog>
      ) : null}
    </>
  )
}
