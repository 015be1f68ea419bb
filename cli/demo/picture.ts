/**
 * The X-ray of a demo's payment as a file: drawn from the timeline of the run itself, as an auditor
 * reads it. The docs keep one for each system; a test holds them to every run.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Id, isId } from '@warifu/protocol/ids'
import { type Language, languages } from '@warifu/protocol/language'
import type { Presentment, TimelineEntry } from '@warifu/protocol/objects'
import { draw, type Shade, svgText, type Xray, xrayOf, xrayWords } from '@warifu/web/xray'
import { newAuditor } from './auditor.ts'
import type { System, World } from './world.ts'

export const pictureName = (system: string, shade: Shade, language: Language): string =>
  `xray-${system}${language === 'en' ? '' : `-${language}`}${shade === 'dark' ? '-dark' : ''}.svg`

/** Payments that were asked for since so many exchanges, in this way, in order. */
export function paymentsSince(
  { traffic }: World,
  { from, presentment }: { readonly from: number; readonly presentment: Presentment },
): Id<'pay'>[] {
  const asked = traffic.exchanges.slice(from).filter(({ asked }) => asked.startsWith('POST '))
  return asked.flatMap(({ asked, answered }) => {
    if (!/^POST \S+\/v1\/payments\n/.test(asked)) return []
    const { id, presentment: way } = { id: '', presentment: '', ...Object(parsed(answered)) }
    return isId('pay', id) && way === presentment ? [id] : []
  })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The picture of one run, begun when so many exchanges had been; its payment is captured first. */
export async function drawRun(
  folder: string,
  { id: system, drawn }: System,
  world: World,
  from: number,
): Promise<void> {
  if (drawn === undefined) return
  const [payment] = paymentsSince(world, { from, presentment: drawn })
  if (payment === undefined) throw new Error(`${system} asked for no payment by ${drawn}`)
  await writePicture(folder, system, await wholeTimeline(world, payment))
}

/** What is to be captured by the platform itself is, moments after the yes. */
async function wholeTimeline(
  { merchant, sandbox }: World,
  payment: Id<'pay'>,
): Promise<readonly TimelineEntry[]> {
  const read = await newAuditor(sandbox)
  const { capture_method } = await merchant.payments.get(payment)
  for (let patience = 200; ; patience -= 1) {
    const entries = await read(payment)
    const isWhole = entries.some(({ name }) => name === 'automaticCapture')
    if (capture_method === 'manual' || isWhole || patience === 0) return entries
    await sleep(100)
  }
}

/** Draws a timeline in both shades and every language of a system's picture. */
export async function writePicture(
  folder: string,
  system: string,
  entries: readonly TimelineEntry[],
): Promise<Xray> {
  const xray = xrayOf(entries)
  await mkdir(folder, { recursive: true })
  for (const language of languages) {
    const picture = draw(xray, { words: xrayWords(language) })
    for (const shade of ['light', 'dark'] as const) {
      const name = pictureName(system, shade, language)
      await writeFile(join(folder, name), `${svgText(picture, shade)}\n`)
    }
  }
  return xray
}
