/** How a question that came by itself has ended: what happened, and whether money moved. */
import { Button } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Amount, Mark, refusalWords, Said, type Tone, useLanguage, useWords } from '@warifu/web/kit'
import type { AskedEnding, AskedPayment } from './asked.ts'
import { words } from './words.ts'
import { askedWords } from './words-asked.ts'

const tones: Readonly<Record<AskedEnding['kind'], Tone>> = {
  paid: 'arrived',
  denied: 'plain',
  expired: 'waiting',
  cancelled: 'plain',
  declined: 'refused',
  failed: 'refused',
  not_me: 'plain',
}

type Props = {
  readonly asked: AskedPayment
  readonly ending: AskedEnding
  readonly leave: () => void
}

export function AskedEnded({ asked: { content }, ending, leave }: Props) {
  const say = useWords(words)
  const ask = useWords(askedWords)
  const { language } = useLanguage()
  const shop = content.payee.name
  const amount = formatMoney(content, localeOf[language])
  const isTurnedAway = ending.kind === 'not_me'
  const title = isTurnedAway ? ask('asked.turned_away') : say(`ended.${ending.kind}`)
  const more = isTurnedAway
    ? ask('asked.turned_away_more', { shop })
    : say(`ended.${ending.kind}_more`, { shop, amount })
  return (
    <section className="view pay">
      <Mark size={72} state={ending.kind === 'paid' ? 'met' : 'apart'} />
      <h1 id="asked-shop" className="pay-shop">
        {shop}
      </h1>
      <p className="pay-amount" data-moved={ending.kind === 'paid'}>
        <Amount amount={content.amount} currency={content.currency} size="large" />
      </p>
      <Said tone={tones[ending.kind]} title={title} urgent>
        {'code' in ending ? <p>{refusalWords(ending.code, language)}</p> : null}
        <p>{more}</p>
        {'isFrozen' in ending && ending.isFrozen ? <p>{ask('asked.frozen')}</p> : null}
      </Said>
      <div className="acts">
        <Button size="lg" fullWidth onClick={leave}>
          {say('ended.done')}
        </Button>
      </div>
    </section>
  )
}
