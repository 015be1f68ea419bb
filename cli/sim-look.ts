/** What a SIM tells anybody who asks: its number, its tries, the header of each file. */
import { readReply, writeCommand } from '@warifu/crypto/apdu'
import { decode, find } from '@warifu/crypto/ber-tlv'
import { SIM_AID } from '@warifu/crypto/sim-layout'
import { type CardSlot, transmitWhole } from '@warifu/devices/card-slot'
import { iccidDigits } from '@warifu/devices/sim-card'
import { Sorry } from './sorry.ts'

export type SimFile = {
  readonly id: string
  readonly sfi: number
  readonly structure: 'transparent' | 'record'
  readonly size: number
  readonly record_length: number | null
  readonly life_cycle: 'new' | 'activated' | 'deactivated' | 'unknown'
  readonly updated_often: boolean
}
export type SimLook = {
  readonly reader: string
  readonly atr: string
  readonly iccid: string
  readonly pin_tries: number | null
  readonly puk_tries: number | null
  readonly files: readonly SimFile[]
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const NONE = new Uint8Array(0)

type Said = { readonly data?: Uint8Array; readonly le?: number }

async function say(slot: CardSlot, head: readonly number[], { data = NONE, le }: Said = {}) {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0] = head
  const reply = readReply(await transmitWhole(slot, writeCommand({ cla, ins, p1, p2, data, le })))
  if (reply === undefined) throw new Sorry('The card gave no answer.')
  return reply
}

/** Selects nothing that was selected before, spends no try and changes nothing. */
export async function lookAtSim(slot: CardSlot): Promise<SimLook> {
  const number = Uint8Array.of(0x2f, 0xe2)
  await say(slot, [0x00, 0xa4, 0x08, 0x0c], { data: number })
  const iccid = await say(slot, [0x00, 0xb0, 0x00, 0x00], { le: 10 })
  if (iccid.word !== 0x9000) throw new Sorry('This card has no number (EF.ICCID): it is no SIM.')
  const application = await say(slot, [0x00, 0xa4, 0x04, 0x0c], { data: SIM_AID })
  const files: SimFile[] = []
  for (let id = 0x6f01; application.word === 0x9000 && id < 0x6f20; id += 1) {
    const file = Uint8Array.of(id >> 8, id & 0xff)
    const told = await say(slot, [0x00, 0xa4, 0x00, 0x04], { data: file, le: 256 })
    if (told.word === 0x9000 || told.word === 0x6283) files.push(readHeader(told.data))
  }
  return {
    reader: slot.name,
    atr: hexOf(slot.atr),
    iccid: iccidDigits(iccid.data),
    pin_tries: triesIn((await say(slot, [0x00, 0x20, 0x00, 0x01])).word),
    puk_tries: triesIn((await say(slot, [0x00, 0x2c, 0x00, 0x01])).word),
    files,
  }
}

const triesIn = (word: number): number | null => (word >> 4 === 0x63c ? word & 0x0f : null)

const lifeCycles: Readonly<Record<number, SimFile['life_cycle']>> = {
  3: 'new',
  4: 'deactivated',
  5: 'activated',
}

function readHeader(parameters: Uint8Array): SimFile {
  const objects = new Map(
    decode(find(parameters, 0x62) ?? NONE).map(({ tag, value }) => [tag, value] as const),
  )
  const under = (tag: number) => objects.get(tag) ?? NONE
  const number = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  const descriptor = under(0x82)
  const isTransparent = ((descriptor[0] ?? 0) & 0x07) === 0x01
  return {
    id: hexOf(under(0x83)),
    sfi: (under(0x88)[0] ?? 0) >> 3,
    structure: isTransparent ? 'transparent' : 'record',
    size: number(under(0x80)),
    record_length: isTransparent ? null : number(descriptor.subarray(2, 4)),
    life_cycle: lifeCycles[under(0x8a)[0] ?? 0] ?? 'unknown',
    updated_often: ((find(under(0xa5), 0xc0)?.[0] ?? 0) & 0x80) !== 0,
  }
}

/** For people. */
export function wordsOfLook({ reader, atr, iccid, pin_tries, puk_tries, files }: SimLook): string {
  const tries = (count: number | null) => (count === null ? 'not told' : `${count} tries left`)
  const rows = files.map(({ id, sfi, structure, size, record_length: length, ...rest }) => {
    const shape = length === null ? structure : `${size / length} × ${length} bytes`
    const bytes = `${String(size).padStart(4)} B`
    return `  ${id}  SFI ${sfi}  ${shape.padEnd(14)} ${bytes}  ${rest.life_cycle}`
  })
  const none = ['  This SIM has no credit information (its application is not there).']
  return [
    `${iccid}  in ${reader}`,
    `ATR  ${atr}`,
    `PIN  ${tries(pin_tries)};  PUK  ${tries(puk_tries)}`,
    ...(rows.length === 0 ? none : rows),
  ].join('\n')
}
