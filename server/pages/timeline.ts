/**
 * A payment's timeline as a page of the sandbox: every request, every message in it, what could be
 * read and what was sealed for whom. Drawn from the payment's own record, which holds no secret.
 */
import type { Reply } from '@warifu/protocol/contract'
import { formatMoney } from '@warifu/protocol/money'
import { type Hop, type Party, parties } from '@warifu/protocol/objects'
import type { PaymentRow } from '#payments'
import { linkTo, type Page, type Reading } from './frame.ts'
import { type Html, html, nothing } from './html.ts'
import { localeOf, type Say, sayIn } from './words.ts'

export type Entry = Reply<'getTimeline'>['data'][number]

const moneyOf = ({ language }: Reading, { amount, currency }: PaymentRow): string =>
  formatMoney({ amount, currency }, localeOf[language])

export function timelinesPage(reading: Reading, payments: readonly PaymentRow[]): Page {
  const say = sayIn(reading.language)
  const items = payments.map(
    (
      row,
    ) => html`<li><a href="${linkTo(reading, `/timelines/${row.id}`)}">${moneyOf(reading, row)}</a>
<span>${row.payee.name} · <code>${row.status}</code> · ${timeOf(row.created_ms)}</span></li>`,
  )
  const list =
    items.length === 0
      ? html`<p>${say('timelines_empty')}</p>`
      : html`<ul class="list">${items}</ul>`
  return {
    title: say('nav_timelines'),
    body: html`<p class="lead">${say('timelines_lead')}</p>
${list}`,
  }
}

export function timelinePage(reading: Reading, row: PaymentRow, entries: readonly Entry[]): Page {
  const say = sayIn(reading.language)
  return {
    title: `${row.payee.name}, ${moneyOf(reading, row)}`,
    body: html`<p class="by"><code>${row.id}</code> · <code>${row.status}</code></p>
${whoRead(
  entries.flatMap(({ hops }) => hops),
  say,
)}
<h2>${say('timeline_messages')}</h2>
${entries.map((entry) => request(entry, say))}`,
  }
}

const timeOf = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`

const request = ({ name, outcome, at, hops }: Entry, say: Say): Html => html`<article>
<h3><code>${name}</code> <span class="by">${outcome} · ${timeOf(Date.parse(at))}</span></h3>
<ol class="hops">${hops.map((hop) => message(hop, say))}</ol></article>`

function message(hop: Hop, say: Say): Html {
  const { from, to, readable, sealed, signed_by, reported, outcome } = hop
  const chips = [
    ...readable.map(
      (what) => html`<li class="chip">${what === 'last4' ? '···· ' : ''}${what}</li>`,
    ),
    ...sealed.map(({ what, for: opener, key, check_value }) => {
      const words = say('sealed_for', { what, party: say(`party_${opener}`) })
      return html`<li class="chip sealed">▣ ${words} <code>${key} ${check_value ?? ''}</code></li>`
    }),
    ...(signed_by === null ? [] : [html`<li class="chip">✎ ${say('signed')}</li>`]),
    ...(reported ? [html`<li class="by">${say('reported')}</li>`] : []),
    ...(outcome === 'refused' ? [html`<li class="refused">✕ ${say('refused')}</li>`] : []),
  ]
  const route = `${say(`party_${from}`)} → ${say(`party_${to}`)}`
  return html`<li><p>${route}: <code>${hop.message}</code></p>
<ul class="chips">${chips}</ul></li>`
}

/**
 * Who had the number in the clear: the vault once it opened, the device that captured it, the phone
 * that keeps the card itself.
 */
const readsNumber = (party: Party, hops: readonly Hop[]): boolean =>
  hops.some(
    ({ from, to, sealed, readable, outcome }) =>
      (party === 'terminal' && to === 'terminal' && readable.includes('card')) ||
      (sealed.some(({ what }) => what === 'card') &&
        ((party === 'vault' && to === 'vault' && outcome === 'passed') ||
          (party === 'entry_device' && from === 'entry_device'))),
  )

function whoRead(hops: readonly Hop[], say: Say): Html {
  const present = parties.filter((party) =>
    hops.some(({ from, to }) => from === party || to === party),
  )
  const rows = present.map((party) => {
    const near = hops.filter(({ from, to }) => from === party || to === party)
    const seen = [...new Set(near.flatMap(({ readable }) => readable))].join(', ') || '–'
    const reads = readsNumber(party, hops)
    return html`<tr><th scope="row">${say(`party_${party}`)}</th><td>${seen}</td>
<td class="${reads ? 'reads' : 'reads-not'}">${reads ? '●' : '▣'} ${
      reads ? say('reads') : say('reads_not')
    }</td></tr>`
  })
  if (rows.length === 0) return nothing
  return html`<table><thead><tr><th scope="col">${say('who_party')}</th>
<th scope="col">${say('could_read')}</th><th scope="col">${say('who_number')}</th></tr></thead>
<tbody>${rows}</tbody></table>`
}
