/** The start page: a newcomer is led through one payment, from both sides of the counter. */
import { linkTo, type Page, type Reading } from './frame.ts'
import { type Html, html, nothing } from './html.ts'
import { type Say, sayIn } from './words.ts'

export type Places = {
  readonly walletOrigin: string
  /** Unknown where the till is not started by the same hand as the server. */
  readonly tillOrigin: string | undefined
  readonly consoleOrigin: string
  readonly tourOrigin: string | undefined
}

export function startPage(reading: Reading, places: Places): Page {
  const say = sayIn(reading.language)
  return {
    title: say('start_title'),
    body: html`${tour(places, say)}
<p class="lead">${say('start_lead')}</p>
<ol class="steps">${steps(reading, places, say)}</ol>
${readers(say)}
<section><h2>${say('more_title')}</h2>
<ul class="plain">
<li><a href="${places.consoleOrigin}/">${say('more_console')}</a></li>
<li>${say('more_demo')} <code>npm run demo</code></li>
<li><a href="${linkTo(reading, '/docs')}">${say('more_reference')}</a></li>
<li><a href="${linkTo(reading, '/errors')}">${say('more_errors')}</a></li>
</ul></section>`,
  }
}

/** First of all: to see every system run before one tries one of them. */
const tour = ({ tourOrigin }: Places, say: Say): Html =>
  tourOrigin === undefined
    ? nothing
    : html`<section class="tour"><h2>${say('tour_title')}</h2><p>${say('tour_text')}</p>
<p><a class="action" href="${tourOrigin}/">${say('open_tour')}</a></p></section>`

function steps(reading: Reading, places: Places, say: Say): Html[] {
  const { walletOrigin, tillOrigin, consoleOrigin } = places
  const person = say('you_are_cardholder')
  const shop = say('you_are_shop')
  const action = (to: string, name: string) =>
    html`<p><a class="action" href="${to}">${name}</a></p>`
  const wallet = action(`${walletOrigin}/`, say('open_wallet'))
  const inbox = action(linkTo(reading, '/inbox'), say('open_inbox'))
  const payments = action(`${consoleOrigin}/payments`, say('open_payments'))
  const till =
    tillOrigin === undefined
      ? html`<p class="by">${say('no_till')}</p>`
      : action(`${tillOrigin}/`, say('open_till'))
  const step = (who: string, title: string, text: string, more: Html = html``) =>
    html`<li><p class="by">${who}</p><h2>${title}</h2><p>${text}</p>${more}</li>`
  return [
    step(person, say('join_title'), say('join_text'), wallet),
    step(person, say('apply_title'), say('apply_text')),
    step(person, say('code_title'), say('code_text'), inbox),
    step(person, say('install_title'), say('install_text')),
    step(shop, say('order_title'), say('order_text'), till),
    step(person, say('scan_title'), say('scan_text')),
    step(person, say('approve_title'), say('approve_text')),
    step(shop, say('see_title'), say('see_text'), payments),
  ]
}

/** What the product is for, in four rows. */
function readers(say: Say): Html {
  const row = (party: string, has: string, reads: boolean) =>
    html`<tr><th scope="row">${party}</th><td>${has}</td>
<td class="${reads ? 'reads' : 'reads-not'}">${reads ? '●' : '▣'} ${
      reads ? say('reads') : say('reads_not')
    }</td></tr>`
  return html`<section><h2>${say('who_title')}</h2><p>${say('who_lead')}</p>
<table><thead><tr><th scope="col">${say('who_party')}</th><th scope="col">${say('who_has')}</th>
<th scope="col">${say('who_number')}</th></tr></thead><tbody>
${row(say('who_phone'), say('has_phone'), false)}
${row(say('who_shop'), say('has_shop'), false)}
${row(say('who_platform'), say('has_platform'), false)}
${row(say('who_vault'), say('has_vault'), true)}
</tbody></table></section>`
}
