/**
 * A real Chromium for journeys through the real pages: profiles in folders (so that a browser can
 * be closed, opened again, or copied), passkeys by a virtual authenticator, a camera that films a
 * QR code, a judge of accessibility, pictures, and a list of all that the browser complained about.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import { create } from 'qrcode'

const EXECUTABLE = '/usr/bin/chromium'
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type BrowserOptions = {
  /** The folder of the profile; by default a new one, removed with the browser. */
  readonly profile?: string
  /** The passkeys that this person's authenticator holds already. */
  readonly passkeys?: readonly Passkey[]
  /** A film (y4m) that the camera plays for ever. */
  readonly camera?: string
  readonly locale?: string
  readonly scheme?: 'light' | 'dark'
  readonly width?: number
}

/** A credential as the virtual authenticator keeps it (CDP WebAuthn.Credential). */
export type Passkey = Awaited<ReturnType<typeof credentialsOf>>[number]

export type Browser = {
  readonly context: BrowserContext
  /** A new tab; it shares profile and passkeys with the others. */
  readonly open: (url: string) => Promise<Page>
  readonly passkeys: () => Promise<readonly Passkey[]>
  /** Errors on the console (a violated policy is one) and exceptions that nobody caught. */
  readonly complaints: readonly string[]
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

type Held = { readonly session: CDPSession; readonly authenticatorId: string }

export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  await using stack = new AsyncDisposableStack()
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), 'warifu-profile-')))
  if (options.profile === undefined)
    stack.defer(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    args: [...flags, ...cameraFlags(options.camera)],
    locale: options.locale ?? 'en',
    colorScheme: options.scheme ?? 'light',
    viewport: { width: options.width ?? 400, height: 840 },
    reducedMotion: 'reduce',
  })
  stack.defer(() => context.close())
  const complaints: string[] = []
  const held: Held[] = []
  const open = async (url: string) => {
    const page = await context.newPage()
    listen(page, complaints)
    const known = await passkeysOf(held)
    held.push(await giveAuthenticator(page, known.length > 0 ? known : (options.passkeys ?? [])))
    await page.goto(url)
    return page
  }
  // What a journey that failed saw last.
  stack.defer(async () => {
    for (const [at, page] of context.pages().entries()) await picture(page, `last-${at}`)
  })
  const owned = stack.move()
  const close = async () => await owned.disposeAsync()
  const passkeys = () => passkeysOf(held)
  return { context, open, passkeys, complaints, close, [Symbol.asyncDispose]: close }
}

const cameraFlags = (film: string | undefined) =>
  film === undefined
    ? []
    : [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${film}`,
      ]

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    // A refusal of the API is no fault of the page: its status is told as a failed load.
    const isRefusal = /^Failed to load resource: the server responded with/.test(message.text())
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text())
  })
}

/** Internal, user-verifying, with resident keys: what a phone's own authenticator is. */
async function giveAuthenticator(page: Page, passkeys: readonly Passkey[]): Promise<Held> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  for (const credential of passkeys)
    await session.send('WebAuthn.addCredential', { authenticatorId, credential })
  return { session, authenticatorId }
}

async function credentialsOf({ session, authenticatorId }: Held) {
  return (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials
}

/** Of the tab whose authenticator knows most; a closed tab's is gone with it. */
async function passkeysOf(held: readonly Held[]): Promise<Passkey[]> {
  const found = await Promise.all(held.map((one) => credentialsOf(one).catch(() => [])))
  return found.reduce((most, each) => (each.length >= most.length ? each : most), [])
}

/** The browser found nothing to complain about. */
export const assertQuiet = ({ complaints }: Browser): void => assert.deepEqual(complaints, [])

type Found = { readonly id: string; readonly help: string; readonly nodes: readonly string[] }

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/**
 * WCAG 2.2 A and AA, judged by axe; it is put in by the debugger, so the page's policy stands. Of
 * the whole page, or of a part that a selector names.
 */
export const assertAccessible = (page: Page, where: string, part?: string): Promise<void> =>
  judged(page, where, {
    part,
    runOnly: {
      type: 'tag',
      values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    },
  })

/** The same of colours alone: of a page that was judged whole in its other theme. */
export const assertReadable = (page: Page, where: string, part?: string): Promise<void> =>
  judged(page, where, { part, runOnly: { type: 'rule', values: ['color-contrast'] } })

type Judging = { readonly part: string | undefined; readonly runOnly: object }

async function judged(page: Page, where: string, { part, runOnly }: Judging): Promise<void> {
  // The bar at a page's foot lies over what is scrolled below it; at the end of the page, over
  // nothing. Judged elsewhere, a target half under it would count as too small.
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  if (await page.evaluate(() => !('axe' in globalThis)))
    await page.evaluate(await readFile(axe, 'utf8'))
  const found = await page.evaluate<Found[]>(`axe.run(${JSON.stringify(part) ?? 'document'}, {
    runOnly: ${JSON.stringify(runOnly)},
    // What is in order is not collected, nor style sheets read: no rule of ours looks at them.
    resultTypes: ['violations'],
    preload: false,
  }).then(({ violations }) => violations.map(({ id, help, nodes }) =>
    ({ id, help, nodes: nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary) })))`)
  assert.deepEqual(found, [], where)
}

/** Nothing sticks out at the side, at the width that the page has now. */
export async function assertFits(page: Page, where: string): Promise<void> {
  const [wide, room] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ])
  assert.ok((wide ?? 0) <= (room ?? 0), `${where}: ${wide} px in ${room} px`)
}

/** A picture of the page, kept where WARIFU_PICTURES says; nothing is kept without it. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['WARIFU_PICTURES']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

const FILM = { width: 640, height: 480, frames: 3, fps: 5 } as const

/** A film of a QR code, for the camera. Rewrite the file to show another code. */
export async function filmOf(text: string, path: string): Promise<string> {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const { width, height } = FILM
  const scale = Math.floor((height * 0.8) / modules.size)
  const [left, top] = [width, height].map((side) => (side - scale * modules.size) >> 1)
  const luma = Buffer.alloc(width * height, 235)
  for (let y = 0; y < scale * modules.size; y += 1)
    for (let x = 0; x < scale * modules.size; x += 1)
      if (modules.get(Math.floor(y / scale), Math.floor(x / scale)))
        luma[(y + (top ?? 0)) * width + x + (left ?? 0)] = 16
  return await writeFilm(luma, path)
}

/** A film of what another page draws: its QR code, pixel by pixel, as a camera would see it. */
export async function filmOfScreen(page: Page, selector: string, path: string): Promise<string> {
  const { width, height } = FILM
  const drawn = await page.locator(selector).evaluate(
    async (svg, { width, height }) => {
      const picture = new Image()
      const text = new XMLSerializer().serializeToString(svg)
      picture.src = `data:image/svg+xml,${encodeURIComponent(text)}`
      await picture.decode()
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d')
      if (context === null) throw new Error('no canvas')
      context.fillStyle = '#fff'
      context.fillRect(0, 0, width, height)
      context.drawImage(picture, (width - height) / 2, 0, height, height)
      const { data } = context.getImageData(0, 0, width, height)
      return Array.from({ length: width * height }, (_, at) => data[at * 4 + 1] ?? 0)
    },
    { width, height },
  )
  return await writeFilm(Buffer.from(drawn.map((value) => 16 + (value * 219) / 255)), path)
}

/** YUV4MPEG2, grey: the luma of one picture, again and again. */
async function writeFilm(luma: Buffer, path: string): Promise<string> {
  const { width, height, frames, fps } = FILM
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    luma,
    Buffer.alloc((width * height) / 2, 128),
  ])
  const head = `YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`
  await writeFile(
    path,
    Buffer.concat([Buffer.from(head), ...Array.from({ length: frames }, () => frame)]),
  )
  return path
}
