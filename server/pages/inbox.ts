/**
 * The sandbox's inbox: the messages that would have left by SMS. The page is whole when it comes;
 * its script (inbox.js) asks for newer ones and draws them by the page's own template.
 */
import type { SentMessage } from '#people'
import type { Page, Reading } from './frame.ts'
import { type Html, html } from './html.ts'
import { type Say, sayIn } from './words.ts'

export function inboxPage({ language }: Reading, messages: readonly SentMessage[]): Page {
  const say = sayIn(language)
  const [live, cut, still] = [say('inbox_live'), say('inbox_cut'), say('inbox_still')]
  return {
    title: say('inbox_title'),
    script: '/inbox.js',
    body: html`<p class="lead">${say('inbox_lead')}</p>
<p class="by" id="state" role="status" data-live="${live}" data-cut="${cut}">${still}</p>
<p id="empty"${messages.length > 0 ? html` hidden` : html``}>${say('inbox_empty')}</p>
<ol class="messages" id="messages" aria-live="polite" data-to="${say('inbox_to')}">
${messages.map((message) => item(message, say))}</ol>
<template id="message"><li><p class="by"><span></span> · <time></time></p>
<p class="text"></p></li></template>`,
  }
}

const item = ({ id, recipient, body, sentMs }: SentMessage, say: Say): Html => {
  const sent = new Date(Number(sentMs)).toISOString()
  const to = say('inbox_to', { phone: recipient })
  return html`<li data-id="${id}"><p class="by"><span>${to}</span> ·
<time datetime="${sent}">${sent.slice(0, 19).replace('T', ' ')} UTC</time></p>
<p class="text">${body}</p></li>`
}
