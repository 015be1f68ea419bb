// Goal: a person shows who they are by a certificate: the wallet's key never leaves the browser, an
// authority certifies it, the application goes on; a certificate for another key is told, and sent
// nowhere.
// Method: the real page in Chromium under its policy, a whole house, and an authority made here: it
// reads the request as PKCS#10, issues real X.509 and serves its revocation list over HTTP.
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  BasicConstraintsExtension,
  Pkcs10CertificateRequest,
  type PublicKey,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509'
import { operateServer } from '@warifu/cli/operators'
import { toBase64url } from '@warifu/crypto/base64url'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, assertQuiet, openBrowser, picture } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { fillApplication, heading, join, press, proveThePhone } from './wallet-pages.ts'

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const pair = () => crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify'])
const ROOT = 'CN=Town Hall'
const days = (count: number) => new Date(Date.now() + count * 86_400_000)
const valid = { notBefore: days(-1), notAfter: days(100), signingAlgorithm: ecdsa }

/** An authority that this house believes; `issue` is what its counter does with a key. */
async function openAuthority(house: House) {
  const keys = await pair()
  const signingKey = keys.privateKey
  const root = await X509CertificateGenerator.createSelfSigned({
    ...valid,
    keys,
    name: ROOT,
    serialNumber: '01',
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  const list = await X509CrlGenerator.create({
    issuer: ROOT,
    thisUpdate: days(-0.1),
    nextUpdate: days(1),
    signingAlgorithm: ecdsa,
    signingKey,
  })
  const server = createServer((_, answer) => answer.end(Buffer.from(list.rawData)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const made = await operateServer(house.serverDatabase.url, ['add', 'Mori', 'issuer'])
  await callApi({ fetch, apiUrl: house.url }, 'trustAuthority', {
    body: {
      name: 'Town Hall',
      certificate: toBase64url(new Uint8Array(root.rawData)),
      crl_url: `http://127.0.0.1:${port}/list.crl`,
    },
    headers: { authorization: `Bearer ${JSON.parse(made).token}` },
  })
  const issue = async (publicKey: PublicKey | CryptoKey, serialNumber: string) => {
    const names = { subject: 'CN=AIKO', issuer: ROOT, serialNumber }
    const facts = { ...valid, ...names, publicKey, signingKey }
    const leaf = await X509CertificateGenerator.create(facts)
    return { leaf, chain: `${root.toString('pem')}\n${leaf.toString('pem')}\n` }
  }
  const close = () => new Promise((resolve) => server.close(resolve))
  return { issue, [Symbol.asyncDispose]: async () => void (await close()) }
}

/** Judged as a whole: what the bar at the foot covers now is a matter of scrolling. */
async function look(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 360, height: 2400 })
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await assertFits(page, name)
    await assertAccessible(page, `${name}, ${scheme}`)
    await picture(page, `${name}-${scheme}`)
  }
  await page.setViewportSize({ width: 360, height: 840 })
}

async function saveRequest(page: Page): Promise<string> {
  const saving = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save it as a file' }).click()
  return readFile(await (await saving).path(), 'utf8')
}

testWith(['chromium'], 'a certificate for the key of this phone, and for no other', async () => {
  await using house = await startHouse({ wallet: true })
  await using authority = await openAuthority(house)
  await using browser = await openBrowser({ width: 360 })
  const page = await browser.open(house.walletOrigin)
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/verifications'))
      sent.push(request.postData() ?? '')
  })
  await join(page, 'AIKO')
  await press(page, 'Apply for a card')
  await page.getByLabel('Card', { exact: true }).selectOption({ label: 'Warifu Corporate' })
  await fillApplication(page)
  await heading(page, 'Show who you are')
  await press(page, 'Certificate')
  await press(page, 'Make the request')
  const text = await page.getByLabel('Request for a certificate').inputValue()
  assert.equal(await saveRequest(page), text)
  const request = new Pkcs10CertificateRequest(text)
  assert.equal(request.subject, 'CN=AIKO')
  assert(await request.verify(), 'whoever asks holds the key')
  await look(page, 'certificate')

  const issued = page.getByLabel('The certificate that was issued')
  await issued.fill('not a certificate')
  await press(page, 'Show it')
  await page.getByText('We cannot read this certificate.').waitFor()
  const other = await authority.issue((await pair()).publicKey, '02')
  const buffer = Buffer.from(other.leaf.rawData)
  const file = { name: 'other.cer', mimeType: 'application/pkix-cert', buffer }
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByText('This certificate is for another key.').waitFor()
  await look(page, 'certificate-other-key')
  assert.deepEqual(sent, [], 'neither was sent')

  await page.reload()
  await press(page, 'Certificate')
  assert.equal(await page.getByLabel('Request for a certificate').inputValue(), text)
  const { leaf, chain } = await authority.issue(request.publicKey, '03')
  await issued.fill(chain.replaceAll('\n', '\r\n'))
  await press(page, 'Show it')
  await page.getByText('1 done.').waitFor()
  const [proof = ''] = sent
  assert.equal(JSON.parse(proof).certificate, toBase64url(new Uint8Array(leaf.rawData)))
  assert.equal(await leavesKey(page), false)

  await press(page, 'Code by message')
  await proveThePhone(page, house, '+81 90 1234 5678')
  await page.getByText('A person is looking at it').waitFor()
  assertQuiet(browser)
})

/** Whether the key that is kept would let itself be taken out. */
const leavesKey = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const opening = indexedDB.open('warifu-wallet')
    await new Promise((resolve) => {
      opening.onsuccess = resolve
    })
    const reading = opening.result.transaction('kept').objectStore('kept').get('terminal')
    await new Promise((resolve) => {
      reading.onsuccess = resolve
    })
    return reading.result.certificate.keys.privateKey.extractable
  })
