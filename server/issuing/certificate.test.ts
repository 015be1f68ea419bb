// Goal: a certificate vouches for an application only where chain, validity, use, revocation and
// signature all hold; each thing that does not hold has its own fault.
// Method: authorities, people and lists made on the spot by the library; then one thing is wrong.
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, test } from 'node:test'
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509'
import { type Authority, judgeCertificate, signedBytes } from './certificate.ts'

const nowMs = Date.UTC(2027, 0, 5)
const days = (count: number) => new Date(nowMs + count * 86_400_000)
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
type Party = { readonly keys: CryptoKeyPair; readonly certificate: X509Certificate }

const pair = (algorithm: typeof ecdsa | typeof rsa = ecdsa) =>
  crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']) as Promise<CryptoKeyPair>

let serial = 0
type Wish = {
  readonly name: string
  readonly by?: Party
  readonly ca?: boolean
  readonly from?: Date
  readonly to?: Date
  readonly algorithm?: typeof ecdsa | typeof rsa
  readonly usages?: KeyUsageFlags
}

async function certify({ name, by, ca = false, algorithm = ecdsa, ...wish }: Wish): Promise<Party> {
  const keys = await pair(algorithm)
  serial += 1
  const usages = wish.usages ?? (ca ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: by?.certificate.subject ?? `CN=${name}`,
    notBefore: wish.from ?? days(-10),
    notAfter: wish.to ?? days(300),
    signingKey: (by?.keys ?? keys).privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ecdsa,
    extensions: [
      new BasicConstraintsExtension(ca, undefined, true),
      new KeyUsagesExtension(usages, true),
    ],
  })
  return { keys, certificate }
}

async function listOf(
  by: Party,
  revoked: readonly Party[] = [],
  to = days(7),
): Promise<Uint8Array> {
  const crl = await X509CrlGenerator.create({
    issuer: by.certificate.subject,
    thisUpdate: days(-1),
    nextUpdate: to,
    entries: revoked.map(({ certificate: { serialNumber } }) => ({ serialNumber })),
    signingAlgorithm: ecdsa,
    signingKey: by.keys.privateKey,
  })
  return new Uint8Array(crl.rawData)
}

const derOf = ({ certificate }: Party) => new Uint8Array(certificate.rawData)
const digest = randomBytes(32)

async function sign({ keys }: Party, bytes = signedBytes(digest)): Promise<Uint8Array> {
  const algorithm = { ...keys.privateKey.algorithm, hash: 'SHA-256' }
  return new Uint8Array(await crypto.subtle.sign(algorithm, keys.privateKey, bytes))
}

let root: Party
let middle: Party
let authorities: Authority[]

before(async () => {
  root = await certify({ name: 'Root', ca: true })
  middle = await certify({ name: 'Middle', by: root, ca: true })
  authorities = [
    { certificate: derOf(root), crl: await listOf(root) },
    { certificate: derOf(middle), crl: await listOf(middle) },
  ]
})

async function judged(person: Party, own: Partial<Parameters<typeof judgeCertificate>[0]> = {}) {
  const shown = { certificate: derOf(person), signature: await sign(person), digest, ...own }
  const said = await judgeCertificate(shown, authorities, nowMs)
  return said.ok ? said.subject : said.fault
}

for (const [what, algorithm] of [
  ['P-256', ecdsa],
  ['RSA 2048', rsa],
] as const)
  test(`a person of a root, and one below another issuer, with ${what}`, async () => {
    const near = await certify({ name: 'Hanako', by: root, algorithm })
    const far = await certify({ name: 'Minsu', by: middle, algorithm })
    assert.equal(await judged(near), 'CN=Hanako')
    assert.equal(await judged(far), 'CN=Minsu')
  })

test('what is signed must be this application, and by this key', async () => {
  const [person, other] = [
    await certify({ name: 'Hanako', by: root }),
    await certify({ name: 'Hanako', by: root }),
  ]
  assert.equal(await judged(person, { digest: randomBytes(32) }), 'certificate_signature')
  assert.equal(await judged(person, { signature: await sign(other) }), 'certificate_signature')
  const unlabelled = await sign(person, Buffer.from(digest))
  assert.equal(await judged(person, { signature: unlabelled }), 'certificate_signature')
  assert.equal(await judged(person, { signature: new Uint8Array(64) }), 'certificate_signature')
})

test('nobody else vouches: strangers, namesakes, people, authorities themselves', async () => {
  const stranger = await certify({ name: 'Root', ca: true })
  assert.equal(await judged(await certify({ name: 'X', by: stranger })), 'certificate_not_trusted')
  assert.equal(await judged(await certify({ name: 'Self' })), 'certificate_not_trusted')
  const person = await certify({ name: 'Hanako', by: root })
  assert.equal(await judged(await certify({ name: 'Y', by: person })), 'certificate_not_trusted')
  assert.equal(await judged(middle), 'certificate_not_trusted')
  assert.equal(await judged(person, { certificate: randomBytes(90) }), 'certificate_unreadable')
  const mute = await certify({ name: 'Mute', by: root, ca: true, usages: KeyUsageFlags.cRLSign })
  authorities.push({ certificate: derOf(mute), crl: await listOf(mute) })
  assert.equal(await judged(await certify({ name: 'Z', by: mute })), 'certificate_not_trusted')
})

test('not yet, and no longer', async () => {
  const early = await certify({ name: 'Early', by: root, from: days(1) })
  const late = await certify({ name: 'Late', by: root, to: days(-1) })
  assert.equal(await judged(early), 'certificate_expired')
  assert.equal(await judged(late), 'certificate_expired')
  const old = await certify({ name: 'Old', by: root, ca: true, to: days(-1) })
  authorities.push({ certificate: derOf(old), crl: await listOf(old) })
  assert.equal(await judged(await certify({ name: 'A', by: old })), 'certificate_expired')
})

test('revoked: the person, or the issuer above; unchecked without a good list', async () => {
  const person = await certify({ name: 'Gone', by: root })
  const held = [...authorities]
  const withLists = async (ofRoot: Uint8Array | undefined) => {
    authorities = [
      { certificate: derOf(root), crl: ofRoot },
      { certificate: derOf(middle), crl: await listOf(middle) },
    ]
  }
  await withLists(await listOf(root, [person]))
  assert.equal(await judged(person), 'certificate_revoked')
  assert.equal(await judged(await certify({ name: 'B', by: root })), 'CN=B')
  await withLists(await listOf(root, [middle]))
  assert.equal(await judged(await certify({ name: 'C', by: middle })), 'certificate_revoked')
  const foreign = await certify({ name: 'Root', ca: true })
  for (const list of [undefined, await listOf(root, [], days(-0.5)), await listOf(foreign)]) {
    await withLists(list)
    assert.equal(await judged(person), 'certificate_unchecked')
  }
  authorities = held
})
