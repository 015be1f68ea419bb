/** The link as a QR code and as text, and one countdown to the server's deadline. */
import { Button } from '@mantine/core'
import { Countdown, Mark, Said, useClock, useNow, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { DeviceWaiting } from './device-waiting.tsx'
import { useGround } from './ground.tsx'
import { Qr } from './qr.tsx'
import type { Order } from './wire.ts'
import { words } from './words.ts'

/** So long the platform may take to say what it already knows, before that is a doubt. */
const GRACE_MS = 5000

type Props = { readonly order: Order; readonly isReachable: boolean }

export function Waiting({ order, isReachable }: Props) {
  const say = useWords(words)
  const { status, doubt, link, deadline_at: deadline } = order
  const { entered } = order
  const isOver = useNow() > Date.parse(deadline ?? '') + GRACE_MS
  if (entered !== null) return <DeviceWaiting order={order} entered={entered} />
  if (doubt || isOver)
    return (
      <Said tone="waiting" title={say(doubt ? 'doubtTitle' : 'overTitle')} urgent>
        {say('doubt')}
      </Said>
    )
  if (status === 'asking' || deadline === null)
    return <Mark size={72} state="waiting" label={say('asking')} />
  return (
    <div className="waiting" data-below={link === null || undefined}>
      {link === null ? <Mark size={72} state="waiting" /> : <Qr text={link} label={say('qr')} />}
      <div className="waiting-side">
        <p className="waiting-words" role="status">
          {say(waitingFor(order))}
        </p>
        {order.match_number === null ? null : (
          <p className="match-number">
            <span className="hint">{say('matchNumber')}</span> <strong>{order.match_number}</strong>
          </p>
        )}
        <Countdown deadline={deadline} />
        {link === null ? null : <Link link={link} />}
        {isReachable ? null : (
          <Said tone="waiting" title={say('farTitle')} urgent>
            {say('far')}
          </Said>
        )}
      </div>
    </div>
  )
}

/** What the customer has to do now, by how they were asked. */
function waitingFor({ asked, link }: Order) {
  if (asked === 'reader') return 'reads'
  if (asked === 'phone') return 'rings'
  if (asked === 'code' || asked === 'beacon') return 'askedThere'
  return link === null ? 'claimed' : 'waiting'
}

function Link({ link }: { readonly link: string }) {
  const say = useWords(words)
  const { copy } = useGround()
  const { after } = useClock()
  const [isCopied, setCopied] = useState(false)
  const take = () =>
    copy(link).then(
      () => {
        setCopied(true)
        after(2000, () => setCopied(false))
      },
      () => undefined, // the text stands beside it, to be marked by hand
    )
  return (
    <div className="link">
      <code className="link-address">{link}</code>
      <Button variant="default" onClick={() => void take()}>
        {isCopied ? say('copied') : say('copy')}
      </Button>
    </div>
  )
}
