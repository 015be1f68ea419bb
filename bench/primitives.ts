/**
 * `npm run bench -- primitives`: what our cryptography costs beside the bare node:crypto calls that
 * it cannot do without, in turns on one thread, by processor time. A ratio of 1 would be free.
 */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  randomBytes,
} from 'node:crypto'
import { cpus } from 'node:os'
import { Misunderstood, readArguments, wholeNumber } from '@warifu/cli/arguments'
import { cmac } from '@warifu/crypto/cmac'
import { deriveTransactionKey, deriveWorkingKeys, encodeKsn } from '@warifu/crypto/dukpt-aes'
import { applicationCryptogram, deriveSessionKey, sessionInput } from '@warifu/crypto/emv-arqc'
import { type HpkeKeyPair, setupBaseR, setupBaseS } from '@warifu/crypto/hpke'
import { unwrapKeyBlock, wrapKeyBlock } from '@warifu/crypto/key-block'
import { decodeFormat4, encodeFormat4 } from '@warifu/crypto/pin-block'

const help = `warifu bench primitives [--ms N] [--rounds N] [--json]

Our cryptography beside the bare node:crypto calls under it, in turns.
--ms   of each run (100)     --rounds   of all runs (7); the middle one counts`

type Row = {
  readonly name: string
  readonly ours: () => void
  /** The same ciphers, keys and sizes, with nothing around them. */
  readonly raw: () => void
}

const iv = new Uint8Array(16)
const key128 = randomBytes(16)
const key256 = randomBytes(32)
const key = createSecretKey(key256)
const tdeaKey = createSecretKey(randomBytes(24))

const ecb = (bytes: Uint8Array) =>
  createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(bytes)
const cbc = (bytes: Uint8Array) => createCipheriv('aes-256-cbc', key, iv).update(bytes)
const decipher = (bytes: Uint8Array) =>
  createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false).update(bytes)
const tdea = (bytes: Uint8Array) =>
  createCipheriv('des-ede3-ecb', tdeaKey, null).setAutoPadding(false).update(bytes)
const times = (count: number, work: () => void) => {
  for (let i = 0; i < count; i += 1) work()
}

/** An entry as the vault opens it: counter with 6 one-bits, three keys, MAC, 256 bytes of data. */
function entryRow(): Row {
  const ksn = encodeKsn({ initialKeyId: randomBytes(8), counter: 0b1011_0111 })
  const wanted = (['data_encrypt', 'mac_generation', 'pin'] as const).map((usage) => ({
    usage,
    keyType: 'aes256' as const,
  }))
  const [covered, data] = [randomBytes(400), randomBytes(256)]
  return {
    name: 'DUKPT AES-256: derive three keys, verify the MAC, decrypt 256 bytes',
    ours: () => {
      const transactionKey = deriveTransactionKey({ initialKey: key256, ksn })
      const [dataKey = key256, macKey = key256] = deriveWorkingKeys({ transactionKey, ksn, wanted })
      cmac(macKey, covered)
      createDecipheriv('aes-256-cbc', createSecretKey(dataKey), iv)
        .setAutoPadding(false)
        .update(data)
    },
    raw: () => {
      times(6, () => ecb(data.subarray(0, 32)))
      ecb(data.subarray(0, 96))
      cbc(covered)
      decipher(data)
    },
  }
}

function keyBlockRow(): Row {
  const header = {
    version: 'D',
    usage: 'B1',
    algorithm: 'A',
    mode: 'X',
    keyVersion: '00',
    exportability: 'N',
    optional: [],
  }
  const random = randomBytes(48)
  const block = wrapKeyBlock({ kbpk: key256, header, key: key256, random })
  const [message, wrapped] = [randomBytes(64), randomBytes(48)]
  return {
    name: 'key block D: unwrap an AES-256 key',
    ours: () => unwrapKeyBlock({ kbpk: key256, block, usages: ['B1'] }),
    raw: () => {
      times(4, () => cbc(message.subarray(0, 32)))
      decipher(wrapped)
      cbc(message)
    },
  }
}

function pinBlockRow(): Row {
  const asked = { key: key256, pin: '1234', pan: '9900120000000008', random: randomBytes(8) }
  const block = encodeFormat4(asked)
  return {
    name: 'PIN block format 4: decode',
    ours: () => decodeFormat4({ ...asked, block }),
    raw: () => times(2, () => ecb(iv)),
  }
}

function arqcRow(): Row {
  const data = randomBytes(40)
  return {
    name: 'EMV: session key and ARQC',
    ours: () => applicationCryptogram(deriveSessionKey(key128, sessionInput(7)), data, 2),
    raw: () => {
      tdea(data.subarray(0, 16))
      tdea(data)
      times(2, () => tdea(data.subarray(0, 8)))
    },
  }
}

function hpkeRow(): Row {
  const recipient = newPair()
  const info = randomBytes(60)
  const setup = { recipientPublic: recipient.publicBytes, info, ephemeral: newPair() }
  const { enc, context } = setupBaseS(setup)
  const sealed = context.seal(info, randomBytes(512))
  const publicKey = createPublicKey(setup.ephemeral.privateKey)
  return {
    name: 'HPKE: open 512 bytes',
    ours: () => setupBaseR({ enc, recipient, info }).open(info, sealed),
    raw: () => {
      diffieHellman({ privateKey: recipient.privateKey, publicKey })
      createDecipheriv('aes-256-gcm', key, iv.subarray(0, 12)).update(sealed)
    },
  }
}

function newPair(): HpkeKeyPair {
  const curve = createECDH('prime256v1')
  const publicBytes = curve.generateKeys()
  const text = (bytes: Buffer) => bytes.toString('base64url')
  const [x, y] = [text(publicBytes.subarray(1, 33)), text(publicBytes.subarray(33))]
  const d = text(Buffer.from(curve.getPrivateKey('hex').padStart(64, '0'), 'hex'))
  const jwk = { kty: 'EC', crv: 'P-256', x, y, d }
  return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicBytes }
}

function rows(): Row[] {
  const message = randomBytes(64)
  const small: Row = {
    name: 'AES-256-CMAC of 64 bytes',
    ours: () => cmac(key256, message),
    raw: () => cbc(message),
  }
  return [small, pinBlockRow(), keyBlockRow(), arqcRow(), entryRow(), hpkeRow()]
}

/** Microseconds of processor time of one call, over about so many milliseconds. */
function microseconds(work: () => void, ms: number): number {
  let calls = 0
  const [start, before] = [performance.now(), process.cpuUsage()]
  while (performance.now() - start < ms) {
    times(50, work)
    calls += 50
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const round = (value: number) => Number(value.toFixed(2))

function measure(row: Row, ms: number, count: number) {
  const [ours, raw]: [number[], number[]] = [[], []]
  microseconds(row.ours, ms)
  microseconds(row.raw, ms)
  for (let at = 0; at < count; at += 1) {
    ours.push(microseconds(row.ours, ms))
    raw.push(microseconds(row.raw, ms))
  }
  const [ours_us, raw_us] = [middle(ours), middle(raw)]
  const ratio = round(ours_us / raw_us)
  return { name: row.name, ours_us: round(ours_us), raw_us: round(raw_us), ratio }
}

function linesOf(args: readonly string[]): string[] {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = { json: flag, help: flag, ms: text, rounds: text } as const
  const { values } = readArguments(args, options)
  if (values.help === true) return [help]
  const ms = wholeNumber(values.ms ?? '100', '--ms', 'milliseconds')
  const count = wholeNumber(values.rounds ?? '7', '--rounds', 'rounds')
  if (ms < 1 || count < 1) throw new Misunderstood('--ms and --rounds: at least 1.')
  const primitives = rows().map((row) => measure(row, ms, count))
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`
  if (values.json === true) return [JSON.stringify({ primitives, machine })]
  const lines = primitives.map(
    ({ name, ours_us, raw_us, ratio }) => `${ours_us} µs, bare ${raw_us} µs: ${ratio}  ${name}`,
  )
  return [...lines, `${count} rounds of ${ms} ms, the middle one. ${machine}`]
}

try {
  console.log(linesOf(process.argv.slice(2)).join('\n'))
} catch (error) {
  const isPlain = error instanceof Misunderstood
  console.error(isPlain ? `warifu bench primitives: ${error.message}` : error)
  process.exitCode = isPlain ? 2 : 1
}
