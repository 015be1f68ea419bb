// Goal: the server's own pages are what the look asks for: readable by everyone, in three
//   languages, light and dark, on a small phone, under a strict policy; the inbox is live; every
//   link leads somewhere; the start page names wallet and till.
// Method: real server, requests by name as browsers send them, and a real Chromium with axe.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { errors } from '@warifu/protocol/errors'
import { languages } from '@warifu/protocol/language'
import { callApi } from '@warifu/sdk/api-call'
import { assertAccessible, assertFits, assertQuiet, openBrowser, picture } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { type People, peopleOf } from './people.ts'

const tillOrigin = 'http://pos.localhost:8732'
let house: House
let people: People
let port: string

before(async () => {
  house = await startHouse({ balanced: true, env: { server: { TILL_ORIGIN: tillOrigin } } })
  people = peopleOf(house)
  port = new URL(house.url).port
})
after(async () => await house?.stop())

type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** By a host name, which `fetch` cannot send. */
const get = (path: string, { host = 'localhost', language = 'en' } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const headers = { host: `${host}:${port}`, 'accept-language': language }
    const asked = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
      )
    })
    asked.on('error', reject).end()
  })

const paths = [
  ...['/', '/inbox', '/docs', '/errors', '/errors/payment_expired'],
  ...['/guides', '/guides/docs/quick-start'],
]
const titleOf = ({ text }: Answer) => /<h1>(.*?)<\/h1>/.exec(text)?.[1]

test('each name has its page, and any name has all of them', async () => {
  assert.equal(titleOf(await get('/')), 'Your first payment')
  assert.equal(titleOf(await get('/', { host: 'api.localhost' })), 'Your first payment')
  assert.equal(titleOf(await get('/', { host: 'docs.localhost' })), 'Guides')
  assert.equal(titleOf(await get('/docs')), 'API reference')
  assert.equal(titleOf(await get('/errors/payment_expired')), 'payment_expired')
  assert.equal((await get('/errors/no_such_code')).status, 404)
  assert.equal((await get('/nowhere')).status, 404)
})

test('the policy allows nothing inline, nothing from elsewhere; pages need neither', async () => {
  for (const path of paths) {
    const { headers, text, status } = await get(path)
    assert.equal(status, 200, path)
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*|https?:/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.doesNotMatch(
      text,
      /<style|style=|<script(?! type="module" src="\/)|\son\w+=|javascript:/i,
      path,
    )
  }
})

test('every page speaks three languages: as asked, else as the browser prefers', async () => {
  for (const [language, title] of [
    ['ja', 'はじめての支払い'],
    ['ko', '첫 결제'],
    ['en', 'Your first payment'],
  ] as const) {
    const preferred = await get('/', { language })
    assert.equal(titleOf(preferred), title)
    assert.match(preferred.text, new RegExp(`^<!doctype html>\\n<html lang="${language}">`))
    assert.equal(preferred.headers['content-language'], language)
    const asked = await get(`/?lang=${language}`, { language: 'fr' })
    assert.equal(titleOf(asked), title)
    assert.match(asked.text, new RegExp(`href="/inbox\\?lang=${language}"`))
  }
})

test('every link and every anchor of every page leads somewhere', async () => {
  const seen = new Map<string, Answer>()
  const open = async (path: string) => {
    const answer = seen.get(path) ?? (await get(path))
    seen.set(path, answer)
    return answer
  }
  for (const path of paths) {
    const { text } = await open(path)
    for (const [, to = ''] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (to.startsWith('http')) continue
      const [page = '', anchor] = to.split('#')
      const { status, text: found } = await open(page === '' ? path : page)
      assert.equal(status, 200, `${path} → ${to}`)
      if (anchor !== undefined) assert(found.includes(`id="${anchor}"`), `${path} → ${to}`)
    }
  }
})

test('the start page leads to wallet, inbox and till', async () => {
  const { text } = await get('/')
  for (const to of [`${house.walletOrigin}/`, `${tillOrigin}/`, '/inbox', '/docs'])
    assert(text.includes(`href="${to}"`), to)
})

test('a refusal’s doc_url is the page of its code', async () => {
  for (const code of Object.keys(errors)) assert.equal((await get(`/errors/${code}`)).status, 200)
  const refused = await fetch(`${house.url}/v1/payments`)
  const { error } = (await refused.json()) as { error: { doc_url: string } }
  assert.equal(error.doc_url, `http://docs.localhost:${port}/errors/unauthenticated`)
})

const sendCode = async (phone: string) => {
  const terminal = await people.join('Aiko')
  const { data } = await callApi(people.api, 'listPrograms', {})
  const [program] = data
  assert(program)
  const applicant = {
    name: 'AIKO',
    birth_date: '1990-04-01',
    annual_income: 5_000_000,
    employment: 'employed',
  } as const
  const { id } = await terminal.apply(program.id, applicant)
  await terminal.startPhone(id, phone)
}

testWith(['chromium'], 'the inbox is live, and says so; a message is text', async () => {
  await using browser = await openBrowser({ locale: 'en-US' })
  const page = await browser.open(`${house.url}/inbox`)
  await page.getByText('No message yet').waitFor()
  await page.getByText('Live: new messages appear by themselves.').waitFor()
  await sendCode('+819012345678')
  await page.getByText(/\b[0-9]{6}\b/).waitFor()
  await page.getByText('To +819012345678').waitFor()
  assert.equal(await page.getByText('No message yet').isVisible(), false)
  const first = await page.getByRole('listitem').filter({ hasText: 'To +81' }).innerText()
  await page.reload()
  await page.getByText('Live:').waitFor()
  const again = await page.getByRole('listitem').filter({ hasText: 'To +81' }).innerText()
  assert.equal(again, first, 'drawn by the server as by the script')
  assertQuiet(browser)
})

testWith(['chromium'], 'code has letters of one width in every language', async () => {
  await using browser = await openBrowser({})
  for (const language of languages) {
    const page = await browser.open(`${house.url}/guides/docs/money?lang=${language}`)
    const code = page.locator('pre code').first()
    assert.match(await code.evaluate((one) => getComputedStyle(one).fontFamily), /monospace$/)
    await page.close()
  }
})

/** The bodies of the others are English in every language. */
const spokenAt = (path: string) => (['/', '/inbox'].includes(path) ? languages : ['en'])

for (const scheme of ['light', 'dark'] as const)
  testWith(['chromium'], `axe finds nothing, and all fits a small phone: ${scheme}`, async () => {
    await using browser = await openBrowser({ scheme, width: 360 })
    for (const path of paths)
      for (const language of spokenAt(path)) {
        const where = `${path} ${language} ${scheme}`
        const page = await browser.open(`${house.url}${path}?lang=${language}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await assertAccessible(page, where)
        await assertFits(page, where)
        await picture(
          page,
          `pages${path.slice(0, 16).replaceAll('/', '-')}-${language}-${scheme}-360`,
        )
        await page.setViewportSize({ width: 1280, height: 900 })
        await assertFits(page, where)
        if (language === 'en')
          await picture(page, `pages${path.slice(0, 16).replaceAll('/', '-')}-${scheme}-1280`)
        await page.close()
      }
    assertQuiet(browser)
  })
