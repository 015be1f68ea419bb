// Goal: no input crashes or hangs a parser of payment data: it reads, or it refuses with its own
// error and nothing else.
// Method: a million inputs for each, from one seed (SEED): true messages with bytes flipped, cut,
// put in or doubled, and noise. What is read is written and read again where there is a writer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, encode, find, TlvError } from './ber-tlv.ts'
import { DolError, emvFormat, fillDol, parseDol } from './dol.ts'
import { DukptError, encodeKsn, isUsableCounter, nextCounter, parseKsn } from './dukpt-aes.ts'
import {
  encodeTdesKsn,
  isUsableTdesCounter,
  nextTdesCounter,
  parseTdesKsn,
  TdesDukptError,
} from './dukpt-tdes.ts'
import { parseKeyBlock } from './key-block.ts'
import { KeyBlockError, writeHeader } from './key-block-header.ts'
import { decodeFormat0, decodeFormat2, decodeFormat3, PinBlockError } from './pin-block.ts'
import {
  decodeTrack2Equivalent,
  encodeTrack2,
  parseTrack1,
  parseTrack2,
  TrackError,
} from './track-data.ts'

const INPUTS = 1_000_000
const seed = Number(process.env['SEED'] ?? 20260101)
// A refusal is an Error, and its stack would be most of the work.
Error.stackTraceLimit = 0

/** Marsaglia's xorshift32: fast, and the same everywhere. */
function diceFrom(start: number): (below: number) => number {
  let state = start | 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

const room = new Uint8Array(512)

/** A view of one reused buffer: a sample with some damage, or noise. */
function damaged(samples: readonly Uint8Array[], dice: (below: number) => number): Uint8Array {
  const sample = samples[dice(samples.length + 1)]
  if (sample === undefined) {
    const length = dice(48)
    for (let at = 0; at < length; at += 1) room[at] = dice(256)
    return room.subarray(0, length)
  }
  room.set(sample)
  let length = sample.length
  for (let left = dice(4); left > 0; left -= 1) {
    const at = dice(length + 1)
    const kind = dice(5)
    if (kind === 0) length = at
    else if (kind === 1) room[at] = dice(256)
    else if (kind === 2) room[at] = sample[dice(sample.length)] ?? 0
    else if (length < 500) {
      room.copyWithin(at + 1, at, length)
      if (kind === 3) room[at] = dice(256)
      length += 1
    }
  }
  return room.subarray(0, length)
}

type Fuzzed = {
  readonly samples: readonly Uint8Array[]
  /** The only ones that may be thrown. */
  readonly errors: readonly (new (
    ...args: never[]
  ) => Error)[]
  readonly parse: (bytes: Uint8Array) => void
}

function fuzz(name: string, { samples, errors, parse }: Fuzzed): void {
  test(`${INPUTS} inputs of ${name} (seed ${seed})`, { timeout: 60_000 }, () => {
    const dice = diceFrom(seed)
    let [read, refused] = [0, 0]
    for (let i = 0; i < INPUTS; i += 1) {
      const input = damaged(samples, dice)
      try {
        parse(input)
        read += 1
      } catch (thrown) {
        if (!errors.some((error) => thrown instanceof error))
          assert.fail(`input ${i}, ${Buffer.from(input).toString('hex')}: ${thrown}`)
        refused += 1
      }
    }
    // Both happen, or the samples reach nothing.
    assert.ok(read > INPUTS / 100 && refused > INPUTS / 100, `${read} read, ${refused} refused`)
  })
}

fuzz('BER-TLV', {
  samples: [
    hex('6F2F840E325041592E5359532E4444463031A51DBF0C1A61184F07A0000000041010500A4D61737465726361'),
    hex('9F0201FFE0039F03009F0400'),
    hex('5A0899001200000000085F24032802295F340101DF8117820003AABBCC'),
    hex('9C8101FF009C00'),
  ],
  errors: [TlvError],
  parse: (bytes) => {
    const objects = decode(bytes)
    find(bytes, 0x9f36)
    assert.equal(decode(encode(objects)).length, objects.length)
  },
})

fuzz('data object lists', {
  samples: [hex('9F02069F03069F1A0295055F2A029A039C019F3704'), hex('8A0295059F3704910A')],
  errors: [DolError],
  parse: (bytes) => {
    const entries = parseDol(bytes)
    const size = entries.reduce((sum, { length }) => sum + length, 0)
    // No longer list fits into a command.
    if (size <= 252) assert.equal(fillDol(entries, () => bytes, emvFormat).length, size)
  },
})

fuzz('track 1', {
  samples: [
    ascii('%B4242424242424242^SMITH JOHN Q^11052011000000000000?'),
    ascii('B4444444444444^ABCDEFGHIJKLMNOPQRSTUVWXYZ^190210110000293'),
    ascii('B4242424242424242^AB^^^'),
  ],
  errors: [TrackError],
  parse: (bytes) => {
    parseTrack1(textOf(bytes))
  },
})

fuzz('track 2', {
  samples: [
    ascii(';4000340000000506=2512111123400001230?'),
    ascii('4444444444444444D31122011474900373'),
    ascii('4000340000000506===123400001230'),
  ],
  errors: [TrackError],
  parse: (bytes) => {
    const track = parseTrack2(textOf(bytes))
    assert.deepEqual(parseTrack2(encodeTrack2(track)), track)
  },
})

fuzz('track 2 of a chip', {
  samples: [hex('4000340000000506D2512111123400001230'), hex('9900120000000008D28022010000123F')],
  errors: [TrackError],
  parse: (bytes) => {
    decodeTrack2Equivalent(bytes)
  },
})

fuzz('key blocks', {
  samples: [
    ascii(`D0112P0AE00E0000${'B82679114F470F54'.repeat(6)}`),
    ascii(`D0144B1AX00N0200KS1800604B120F9292800000PB080000${'A8'.repeat(48)}`),
    ascii(`E0084B0TV16N0000${'B2AE5E26BBA7F246E8'.repeat(4).slice(0, 68)}`),
    ascii(`A0096S0ES00N0100CT00040018${'C0FFEE'.repeat(20)}`.slice(0, 96)),
  ],
  errors: [KeyBlockError],
  parse: (bytes) => {
    const block = textOf(bytes)
    const { header, headerText } = parseKeyBlock(block)
    // Extended lengths have several spellings; a block that uses none is written as it was read.
    const isPlain = header.optional.every(({ data }) => data.length < 200)
    const written = writeHeader(header, block.length - headerText.length)
    if (isPlain && !headerText.slice(16).includes('00')) assert.equal(written, headerText)
  },
})

fuzz('PIN blocks', {
  samples: [hex('041261AAAAEDCBA9'), hex('341261AAAAEDCBA9'), hex('241234FFFFFFFFFF')],
  errors: [PinBlockError],
  parse: (bytes) => {
    const format = (bytes[0] ?? 0) >> 4
    if (format === 2) decodeFormat2(bytes)
    else if (format === 3) decodeFormat3(bytes, '5555555551234567')
    else decodeFormat0(bytes, '5555555551234567')
  },
})

fuzz('key serial numbers', {
  samples: [
    hex('123456789012345600000001'),
    hex('1234567890123456FFFE2000'),
    hex('FFFF9876543210E00001'),
  ],
  errors: [DukptError, TdesDukptError],
  parse: (bytes) => {
    if (bytes.length === 10) {
      const ksn = parseTdesKsn(bytes)
      assert.deepEqual(encodeTdesKsn(ksn), Uint8Array.from(bytes))
      assert.ok(isUsableTdesCounter(nextTdesCounter(ksn.counter)))
    } else {
      const ksn = parseKsn(bytes)
      assert.deepEqual(encodeKsn(ksn), Uint8Array.from(bytes))
      assert.ok(isUsableCounter(nextCounter(ksn.counter)))
    }
  },
})
