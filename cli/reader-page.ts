/**
 * A wallet's page at a reader's cable, without a page: pairs, registers, and carries sales. For the
 * command line, the demo and journeys; a browser does the same (web/wallet).
 */
import type { Panel } from '@warifu/devices/entry-device'
import { type Carried, type Carrier, carrySale, plugIn } from '@warifu/devices/reader-cable'
import type { Terminal } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import type { CableEvent, CableRequest } from '@warifu/protocol/reader'

// Node's constructor takes headers too; the type, which is the browser's, does not say so.
const NodeSocket = WebSocket as unknown as new (
  url: string,
  init: { readonly headers: Readonly<Record<string, string>> },
) => WebSocket

export const socketFrom = (port: number, origin: string): WebSocket =>
  new NodeSocket(`ws://127.0.0.1:${port}`, { headers: { origin } })

export type ReaderPage = {
  readonly say: (request: CableRequest) => void
  /** The next event of this kind that comes; one that came before is not it. */
  readonly next: <T extends CableEvent['tell']>(
    tell: T,
  ) => Promise<Extract<CableEvent, { readonly tell: T }>>
  readonly heard: readonly CableEvent[]
  /** Reads the six digits off the display, as a person would. */
  readonly pair: (panel: Panel) => Promise<string>
  readonly hello: (token: string) => Promise<Id<'rdr'>>
  readonly register: (terminal: Terminal, name: string) => Promise<Id<'rdr'>>
  /** Carries one sale from here on; the events go to it in their order. */
  readonly carry: (
    terminal: Terminal,
    payment: Id<'pay'>,
    onMove?: (carried: Carried) => void,
  ) => Promise<Carrier>
  /** Resolves when the present sale stands at one of these. */
  readonly until: (...at: readonly Carried['at'][]) => Promise<Carried>
  /** The same, but not where it stands now: when it moves there. */
  readonly moved: (...at: readonly Carried['at'][]) => Promise<Carried>
  /** Nothing more is carried until the next sale. */
  readonly hold: () => void
  /** Looks how the payment stands at the host, and tells the reader of an end. */
  readonly look: () => Promise<void>
  readonly close: () => void
}

type Wait = { readonly tell: string; readonly done: (event: CableEvent) => void }

/** Events as they come, for whoever waits for one of a kind. */
function createEar() {
  const heard: CableEvent[] = []
  const waiting = new Set<Wait>()
  const hear = (event: CableEvent): void => {
    heard.push(event)
    for (const one of [...waiting])
      if (one.tell === event.tell && waiting.delete(one)) one.done(event)
  }
  const next: ReaderPage['next'] = (tell) =>
    new Promise((resolve) => {
      // The event is of the kind that is waited for.
      const done = (event: CableEvent) =>
        resolve(event as Extract<CableEvent, { tell: typeof tell }>)
      waiting.add({ tell, done })
    })
  return { heard, hear, next }
}

/** One sale at a time, carried; and whoever waits for where it stands. */
function createCarriage(send: ReaderPage['say']) {
  let carrier: Carrier | undefined
  let isHeld = false
  let turn: Promise<void> = Promise.resolve()
  const watching = new Set<() => void>()
  const standing = (at: readonly Carried['at'][], alsoNow: boolean) =>
    new Promise<Carried>((resolve, reject) => {
      const look = () => {
        const now = carrier?.now()
        if (now === undefined || !(at.includes(now.at) || now.at === 'over')) return
        watching.delete(look)
        if (at.includes(now.at)) resolve(now)
        else reject(new Error(`the sale is over: ${'because' in now ? now.because : ''}`))
      }
      watching.add(look)
      if (alsoNow) look()
    })
  const carry: ReaderPage['carry'] = async (terminal, payment, onMove = () => {}) => {
    isHeld = false
    carrier = carrySale({
      payment,
      cable: { send },
      host: terminal.reader,
      onMove: (carried) => {
        onMove(carried)
        for (const look of [...watching]) look()
      },
    })
    await carrier.start()
    return carrier
  }
  return {
    carry,
    standing,
    hear: (event: CableEvent): void => {
      const carried = carrier
      if (carried !== undefined && !isHeld) turn = turn.then(() => carried.onEvent(event))
    },
    hold: () => {
      isHeld = true
    },
    look: async () => await carrier?.look(),
  }
}

export async function openReaderPage(port: number, origin: string): Promise<ReaderPage> {
  const { heard, hear, next } = createEar()
  const say: ReaderPage['say'] = (request) => cable.send(request)
  const carriage = createCarriage(say)
  const cable = await plugIn(socketFrom(port, origin), {
    onEvent: (event) => {
      hear(event)
      carriage.hear(event)
    },
    onUnplugged: () => {},
  })
  return {
    say,
    next,
    heard,
    pair: async (panel) => {
      const shown = next('pair_shown')
      say({ say: 'pair' })
      await shown
      const [code = ''] = /[0-9]{6}$/.exec((await panel.look()).display) ?? []
      const paired = next('paired')
      say({ say: 'pair_code', code })
      return (await paired).token
    },
    hello: async (token) => {
      const said = next('hello')
      say({ say: 'hello', token })
      return (await said).reader
    },
    register: async (terminal, name) => {
      const { terminal: id } = await terminal.state()
      if (id === null) throw new Error('not enrolled')
      const proved = next('proof')
      say({ say: 'prove', terminal: id })
      const { proof } = await proved
      await terminal.reader.register(name, proof)
      return proof.reader
    },
    carry: carriage.carry,
    until: (...at) => carriage.standing(at, true),
    moved: (...at) => carriage.standing(at, false),
    hold: carriage.hold,
    look: carriage.look,
    close: () => cable.close(),
  }
}
