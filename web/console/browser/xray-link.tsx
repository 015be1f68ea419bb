/** A link for whoever audits one payment without an account: made here, copied, soon over. */
import { Button } from '@mantine/core'
import type { Reply } from '@warifu/protocol/contract'
import { type Language, localeOf } from '@warifu/protocol/language'
import { useLanguage, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { useCall } from './calling.ts'
import { useGround } from './ground.ts'
import type { AnyPayment } from './payment.ts'
import { useSession } from './session.tsx'
import { xrayWords } from './words-xray.ts'

/** In the fragment, which no server is sent and none logs. */
const addressOf = (link: string): string => `${location.origin}/xray#${link}`

export const timeIn = (instant: string, language: Language): string =>
  new Date(instant).toLocaleString(localeOf[language])

export function XrayLink({ payment }: { readonly payment: AnyPayment['id'] }) {
  const say = useWords(xrayWords)
  const { language } = useLanguage()
  const { may } = useSession()
  const { copy } = useGround()
  const call = useCall()
  const { isBusy, fault, run } = useAct()
  const [made, setMade] = useState<Reply<'makeXrayLink'> | null>(null)
  if (!may('makeXrayLink')) return null
  const make = () =>
    void run(async () => {
      const params = { id: payment }
      const told = await call('makeXrayLink', { params, body: {} })
      setMade(told)
      if (told.link !== null) await copy(addressOf(told.link))
    })
  return (
    <div>
      <Button variant="default" loading={isBusy} onClick={make}>
        {say('make')}
      </Button>
      {made === null ? null : (
        <p role="status">
          {made.link === null || made.expires_at === null ? (
            say('waits')
          ) : (
            <>
              {say('made', { until: timeIn(made.expires_at, language) })}{' '}
              <a href={addressOf(made.link)}>{say('open')}</a>
            </>
          )}
        </p>
      )}
      <Fault fault={fault} />
    </div>
  )
}
