/** What `warifu device` does, act by act; each answers with its exit code. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPanel, type Panel, type PanelAnswer } from '@warifu/devices/entry-device'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import {
  ModuleError,
  type Outcome,
  openCommunicationModule,
} from '@warifu/sdk/communication-module'
import { Misunderstood } from './arguments.ts'
import { saidReady, startChild, untilReady } from './child.ts'
import { plasticOf, withChip } from './chips.ts'
import { codeOfSignal, listenForEnding } from './ending.ts'
import {
  type EntryDevice,
  embossed,
  findEntryDevice,
  makeEntryDevice,
  plasticFor,
  programOf,
} from './entry-devices.ts'
import { createKeeper } from './keeper.ts'
import type { OperatorSettings } from './programs.ts'
import type { SandboxAddress } from './sandbox-address.ts'
import { codeOf, Sorry } from './sorry.ts'
import { loadKeys } from './till-device.ts'

export type At = SandboxAddress & {
  /** The device's name. */
  readonly name: string
  readonly tell: (object: unknown, words: string) => void
  readonly say: (words: string) => void
}

// ── before the device ────────────────────────────────────────────────────────────────────────

/** Stands before the device for as long as `work` takes. */
async function before<T>({ panel_port, name }: EntryDevice, work: (panel: Panel) => Promise<T>) {
  const panel = await openPanel(panel_port).catch((cause: unknown) => {
    if (codeOf(cause) !== 'ECONNREFUSED') throw cause
    throw new Sorry(`The entry device ${name} is off: npm start runs the first, device run others.`)
  })
  try {
    return await work(panel)
  } finally {
    panel.close()
  }
}

const shown = ({ tell }: At, { display, state, said }: PanelAnswer): number => {
  tell({ state, display, said }, `[${state}]  ${display}${said === null ? '' : `  (${said})`}`)
  return state === 'tampered' ? 1 : 0
}

export const status = (at: At, device: EntryDevice): Promise<number> =>
  before(device, async (panel) => {
    const { state, display } = await panel.look()
    const { name, device: id, port } = device
    const words = `${name}  ${id}\n[${state}]  ${display}\nlink 127.0.0.1:${port}`
    at.tell({ name, device: id, state, display, port }, words)
    return state === 'tampered' ? 1 : 0
  })

export const type = (at: At, device: EntryDevice, words: readonly string[]): Promise<number> =>
  before(device, async (panel) => {
    let answer = await panel.look()
    for (const word of await keysOf(at, words))
      if (word === 'enter') answer = await panel.key('accept')
      else if (word === 'clear' || word === 'cancel') answer = await panel.key(word)
      else answer = await panel.digits(word)
    return shown(at, answer)
  })

async function keysOf({ home }: At, words: readonly string[]): Promise<string[]> {
  const keys: string[] = []
  for (const word of words)
    if (/^(?:[0-9]{1,19}|enter|clear|cancel)$/.test(word)) keys.push(word)
    else if (isId('crd', word)) {
      const plastic = await plasticOf(home, word)
      const { pan, security_code } = plastic
      keys.push(pan, 'enter', embossed(plastic), 'enter', security_code, 'enter')
    } else throw new Misunderstood(`a key is digits, enter, clear or cancel; got "${word}".`)
  return keys
}

export async function swipe(at: At, device: EntryDevice, card: string): Promise<number> {
  const { track2 } = await plasticOf(at.home, card)
  return before(device, async (panel) => shown(at, await panel.swipe(`;${track2}?`)))
}

export const insert = (at: At, device: EntryDevice, card: string): Promise<number> =>
  withChip(at.home, card, (chip) =>
    before(device, async (panel) => shown(at, await panel.insert(chip))),
  )

export const tamper = (at: At, device: EntryDevice): Promise<number> =>
  before(device, async (panel) => {
    shown(at, await panel.tamper())
    return 0
  })

// ── making it ────────────────────────────────────────────────────────────────────────────────

/** The sandbox keeps what an operator's act needs beside its other secrets. */
export async function operatorOf({ home }: Pick<At, 'home'>): Promise<OperatorSettings> {
  // Written by cli/till-device.ts in this very form.
  return JSON.parse(await readFile(join(home, 'secrets', 'operator.json'), 'utf8')) as never
}

export async function card(
  at: At,
  id: string,
  { show, pinFile }: { readonly show: boolean; readonly pinFile: string | undefined },
): Promise<number> {
  if (!isId('crd', id)) throw new Misunderstood(`a card's id is such as crd_…; got "${id}".`)
  const operator = await operatorOf(at)
  const plastic = await plasticFor(at.home, id, { operator, pinFile })
  const { pan, security_code: code, track2 } = plastic
  const seen = { pan, expiry: embossed(plastic), security_code: code, track2 }
  const words = `${id} is on plastic, •••• ${pan.slice(-4)}.`
  if (show) at.tell({ card: id, ...seen }, `${pan}  ${seen.expiry}  ${code}\n;${track2}?`)
  else at.tell({ card: id, last4: pan.slice(-4) }, words)
  return 0
}

export async function make(at: At): Promise<number> {
  const { home, name, api, seed } = at
  if ((await findEntryDevice(home, name)) !== undefined)
    throw new Sorry(`There is an entry device ${name} already.`)
  const { api_key: apiKey, merchant } = seed
  const place = { api, apiKey, merchant, operator: await operatorOf(at) }
  const { device, port } = await makeEntryDevice(home, name, place)
  at.tell({ name, device, port }, `${name}  ${device}\nNext: warifu device run --device ${name}`)
  return 0
}

/** A new initial key takes the place of the one before; the counter begins anew under its id. */
async function newKeys({ api, seed }: At, { device: id }: EntryDevice): Promise<string> {
  const authorization = `Bearer ${seed.api_key}`
  const headers = { authorization, 'idempotency-key': randomUUID() }
  const input = { params: { id }, body: {}, headers }
  return (await callApi(api, 'createEntryDeviceKeys', input)).key_block
}

export async function inject(
  at: At,
  device: EntryDevice,
  { isNew }: { readonly isNew: boolean },
): Promise<number> {
  const said = await before(device, async (panel) =>
    isNew ? (await panel.loadKey(await newKeys(at, device))).said : await loadKeys(device),
  )
  if (said === null) throw new Sorry('The device has keys already, or was opened.')
  at.tell({ said }, `The device says: ${said}.`)
  return said === 'loaded' ? 0 : 1
}

export async function run(device: EntryDevice, serial?: string): Promise<number> {
  const ending = listenForEnding()
  const keeper = createKeeper()
  const log = join(device.folder, 'device.log')
  const child = await startChild(await programOf(device, serial), log, keeper)
  await untilReady(child, saidReady(child))
  console.error(`${device.name} runs (simulator). Ctrl-C stops it; log: ${log}`)
  const signal = await Promise.race([ending.asked, child.exited.then(() => undefined)])
  await child.stop()
  keeper.close()
  return signal === undefined ? 1 : codeOfSignal(signal)
}

// ── the till ─────────────────────────────────────────────────────────────────────────────────

export async function sale(
  { home, api, seed, name, tell, say }: At,
  { port, device }: EntryDevice,
  { amount, pin }: { readonly amount: number; readonly pin: boolean },
): Promise<number> {
  if (!isId('mer', seed.merchant)) throw new Sorry('The seed names no merchant.')
  const till = await openCommunicationModule({
    apiKey: seed.api_key,
    apiUrl: api.apiUrl,
    merchant: seed.merchant,
    folder: join(home, 'devices', name, 'sales'),
    places: [{ kind: 'tcp', host: '127.0.0.1', port }],
    heartbeats: false,
  })
  try {
    for (const { key, outcome } of await till.resume()) say(`Left open: ${key}: ${outcome.state}`)
    const begun = await till
      .sale({
        amount,
        currency: 'jpy',
        device,
        pin,
        onState: (state) => say('prompt' in state ? `· ${state.prompt}` : `· ${state.state}`),
      })
      .catch((cause: unknown) => {
        throw cause instanceof ModuleError ? new Sorry(cause.message, { cause }) : cause
      })
    const outcome = await begun.done
    tell({ key: begun.key, ...outcome }, wordsOf(outcome))
    return outcome.state === 'approved' ? 0 : 1
  } finally {
    await till.close()
  }
}

function wordsOf(outcome: Outcome | { readonly state: 'finding_out' }): string {
  switch (outcome.state) {
    case 'approved':
      return `Approved: ${outcome.payment}`
    case 'declined':
      return `Declined (${outcome.code}): ${outcome.payment}`
    case 'cancelled':
      return 'Cancelled. Nothing was charged.'
    case 'failed_nothing_charged':
      return `Failed (${outcome.code}). Nothing was charged.`
    case 'finding_out':
      return 'Not known yet: run it again, and it will be found out.'
  }
}
