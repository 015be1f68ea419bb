/** What an auditor's link shows, without an account: one payment's X-ray, while it runs too. */
import { useQuery } from '@tanstack/react-query'
import { ApiError } from '@warifu/sdk/api-call'
import { Amount, Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { XrayPicture } from '@warifu/web/xray-view'
import { Fault } from './act.tsx'
import { useCall } from './calling.ts'
import { isMoving } from './payment-page.tsx'
import { Standing } from './states.tsx'
import { shellWords } from './words-shell.ts'
import { xrayWords } from './words-xray.ts'
import { timeIn } from './xray-link.tsx'

export const XRAY_PATH = '/xray'

/** It has ended, or was never one: also what does not even look like a link. */
const isNoLink = (error: Error): boolean =>
  error instanceof ApiError && (error.code === 'link_unknown' || error.code.startsWith('field_'))

/** The secret is in the fragment, which no server is sent. */
export function XrayPage({ link }: { readonly link: string }) {
  const say = useWords(xrayWords)
  const sayShell = useWords(shellWords)
  const { language } = useLanguage()
  const call = useCall()
  const { data, error } = useQuery({
    queryKey: ['xray', link],
    queryFn: () => call('readXray', { body: { link } }),
    refetchInterval: ({ state: { data: found } }) =>
      found !== undefined && isMoving(found.payment) ? 1_000 : 10_000,
  })
  if (data === undefined)
    return (
      <main className="alone">
        {error === null ? (
          <Mark size={64} state="waiting" label={sayShell('asking')} />
        ) : (
          <>
            <h1>{say('title')}</h1>
            {isNoLink(error) ? (
              <Said tone="refused" title={say('ended')} urgent />
            ) : (
              <Fault fault={error} />
            )}
          </>
        )}
      </main>
    )
  const { payment, expires_at, timeline } = data
  const { id, merchant, status, amount, currency } = payment
  return (
    <main className="xray-alone">
      <h1>
        {merchant.name} · <Amount amount={amount} currency={currency} />
      </h1>
      <p>
        <code>{id}</code> · <Standing state={status} />{' '}
        <small>
          <code>{status}</code>
        </small>{' '}
        · {say('until', { until: timeIn(expires_at, language) })}
      </p>
      <XrayPicture entries={timeline} name={id} />
    </main>
  )
}
