/**
 * Goal: the phone's keys stay in the phone: they outlive the browser, cannot be read out, are out
 * of reach for another origin; and a copied wallet is found out, stopped, and its owner told.
 * Method: profiles are folders, so a browser is closed, opened again, and copied as a disk would
 * be. The camera of the restarted browser films the till's QR code.
 */
import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { choosePort } from '@warifu/cli/ports'
import type { Page } from 'playwright-core'
import {
  assertAccessible,
  assertQuiet,
  filmOf,
  openBrowser,
  type Passkey,
  picture,
} from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { type People, peopleOf } from './people.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

type Scene = {
  readonly house: House
  readonly people: People
  readonly folder: string
  readonly profile: string
  readonly passkeys: readonly Passkey[]
}

testWith(['chromium'], 'restart, scan, two tabs, other origins, a copied profile', async () => {
  await using house = await startHouse({ balanced: true, wallet: true })
  const folder = await mkdtemp(join(tmpdir(), 'warifu-copies-'))
  try {
    const profile = join(folder, 'phone')
    const scene = { house, people: peopleOf(house), folder, profile }
    const passkeys = await firstDay(scene)
    await secondDay({ ...scene, passkeys })
    await copied({ ...scene, passkeys })
    await newPhone({ ...scene, passkeys })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})

/** A card is taken; then the browser is closed. */
async function firstDay({ house, profile }: Omit<Scene, 'passkeys'>): Promise<readonly Passkey[]> {
  await using browser = await openBrowser({ profile })
  const page = await browser.open(house.walletOrigin)
  await becomeHolder(page, house)
  await assertKeysStay(page)
  assertQuiet(browser)
  return browser.passkeys()
}

/** Opened again: the keys are there, the camera reads the till's code, tabs take turns. */
async function secondDay({ house, people, folder, profile, passkeys }: Scene): Promise<void> {
  const scanned = await people.ask()
  const camera = await filmOf(scanned.link, join(folder, 'till.y4m'))
  await using browser = await openBrowser({ profile, passkeys, camera })
  const page = await browser.open(house.walletOrigin)
  await page.getByText('Ready to pay').waitFor()
  await assertKeysStay(page)
  await press(page, 'Scan to pay')
  await picture(page, 'scan')
  await heading(page, /asks for/)
  await press(page, /Approve/)
  await page.getByText('Paid', { exact: true }).waitFor()
  assert.equal((await people.show(scanned.id)).status, 'authorized')
  await press(page, 'Done')
  await takeTurns(page, await browser.open(house.walletOrigin))
  await assertOutOfReach(await browser.open(await strangerPage()))
  assertQuiet(browser)
}

/** The stored keys work and are CryptoKeys; nothing gives their bytes. */
async function assertKeysStay(page: Page): Promise<void> {
  const told = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('warifu-wallet')
      opening.onsuccess = () => resolve(opening.result)
    })
    const state = await new Promise<{ keys: Record<string, CryptoKeyPair | CryptoKey> }>(
      (resolve) => {
        const asking = database.transaction('kept').objectStore('kept').get('terminal')
        asking.onsuccess = () => resolve(asking.result)
      },
    )
    const found: string[] = []
    for (const [name, kept] of Object.entries(state.keys)) {
      const key = kept instanceof CryptoKey ? kept : kept.privateKey
      for (const format of ['jwk', 'pkcs8', 'raw'] as const)
        await crypto.subtle.exportKey(format, key).then(
          () => found.push(`${name} left as ${format}`),
          () => undefined,
        )
      found.push(`${name} ${key.extractable}`)
    }
    return found.sort()
  })
  assert.deepEqual(told, ['local false', 'sealing false', 'signing false'])
}

/** While one tab's write is on its way, the other sends nothing: no counter is used twice. */
async function takeTurns(one: Page, other: Page): Promise<void> {
  await other.getByText('Ready to pay').waitFor()
  const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  await one.route(/\/suspend$/, async (route) => {
    held.resolve()
    await release.promise
    await route.continue()
  })
  const sent: string[] = []
  other.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url())
  })
  await press(one, 'Freeze')
  await held.promise
  await press(other, 'Freeze')
  await sleep(1000)
  assert.equal(sent.join(), '', 'the other tab waits for its turn')
  release.resolve()
  await Promise.all([one, other].map((page) => page.getByText('Frozen').waitFor()))
  for (let patience = 50; sent.length === 0 && patience > 0; patience -= 1) await sleep(100)
  assert.deepEqual(new Set(sent.map((url) => url.replace(/.*\//, ''))), new Set(['suspend']))
  assert.equal(await other.getByText('This page met a fault').count(), 0)
  await one.unroute(/\/suspend$/)
  await press(other, 'Unfreeze')
  await Promise.all([one, other].map((page) => page.getByText('Ready to pay').waitFor()))
  await other.close()
}

/** A page of the till's name, with a script of its own. */
async function strangerPage(): Promise<string> {
  const port = await choosePort()
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html')
    answer.end('<!doctype html><title>till</title>')
  })
  server.listen(port, '127.0.0.1').unref()
  return `http://pos.localhost:${port}/`
}

/** Another origin finds nothing: no database, no storage, no cookie, no frame, no window. */
async function assertOutOfReach(stranger: Page): Promise<void> {
  const found = await stranger.evaluate(async () => ({
    databases: (await indexedDB.databases()).length,
    stored: localStorage.length,
    cookies: document.cookie,
    caches: (await caches?.keys?.())?.length ?? 0,
  }))
  assert.deepEqual(found, { databases: 0, stored: 0, cookies: '', caches: 0 })
}

/** The disk is copied, and both wallets pay. The second one is refused, and the owner is told. */
async function copied({ house, people, folder, profile, passkeys }: Scene): Promise<void> {
  const copy = join(folder, 'copy')
  await cp(profile, copy, { recursive: true, filter: (path) => !/Singleton/.test(path) })
  await using phone = await openBrowser({ profile, passkeys })
  const [mine, theirs] = [await people.ask(), await people.ask()]
  const page = await phone.open(mine.link)
  await heading(page, /asks for/)
  await press(page, /Approve/)
  await page.getByText('Paid', { exact: true }).waitFor()
  await using thief = await openBrowser({ profile: copy, passkeys })
  const stolen = await thief.open(theirs.link)
  await stolen.getByText('Two copies of this wallet are in use').first().waitFor()
  await picture(stolen, 'copied-thief')
  assert.notEqual((await people.show(theirs.id)).status, 'authorized')
  assert.equal((await people.show(mine.id)).status, 'authorized')
  // The owner's page was open, and hears of it at once; and again whenever it is opened.
  await page.getByText('Two copies of this wallet are in use').first().waitFor()
  await assertAccessible(page, 'stopped')
  await page.goto(house.walletOrigin)
  await page.getByText('Two copies of this wallet are in use').first().waitFor()
  await picture(page, 'copied-owner')
  // New keys for the old phone; the old ones stay dead, and a passkey alone lets no new ones in.
  await press(page, 'Register this phone anew')
  await heading(page, 'This phone is new here')
  await assertKeysStay(page)
}

/** Another phone of the same person: the passkey logs in, the phone gets keys of its own. */
async function newPhone({ house, passkeys }: Scene): Promise<void> {
  await using browser = await openBrowser({ passkeys })
  const page = await browser.open(house.walletOrigin)
  await press(page, 'I have a wallet already')
  await heading(page, 'This phone is new here')
  await assertKeysStay(page)
  await assertAccessible(page, 'a new phone')
  assertQuiet(browser)
}
