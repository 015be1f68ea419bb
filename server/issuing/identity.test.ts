// Goal: what a program asks for is counted in different ways, tries run out, every try is on
// record, and certificates are held against lists as new as can be had.
// Method: real PostgreSQL; an authority made on the spot, whose list a test gives or withholds.
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BasicConstraintsExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import {
  callOf,
  lookingOn,
  quietEdges,
  type Rehearsal,
  rehearse,
  scriptedVault,
} from '@warifu/server/rehearsal'
import { createDirectory, createTerminals, type Work } from '#terminals'
import { signedBytes } from './certificate.ts'
import { createIssuing, createProgram, digestOf } from './issuing.ts'

const nowMs = Date.UTC(2027, 0, 5)
const days = (count: number) => new Date(nowMs + count * 86_400_000)
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
let stage: Rehearsal
let authority: Awaited<ReturnType<typeof certify>>
/** The list that the authority publishes; undefined: it cannot be reached. */
let list: Uint8Array | undefined
let program: Id<'prg'>

const pair = () =>
  crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']) as Promise<CryptoKeyPair>

async function certify(
  name: string,
  serial: string,
  issuer?: { name: string; keys: CryptoKeyPair },
) {
  const keys = await pair()
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial,
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: days(-1),
    notAfter: days(100),
    signingKey: (issuer?.keys ?? keys).privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ecdsa,
    extensions: [new BasicConstraintsExtension(issuer === undefined, undefined, true)],
  })
  return { name, keys, der: new Uint8Array(certificate.rawData) }
}

const publish = async (revoked: readonly string[]) => {
  const crl = await X509CrlGenerator.create({
    issuer: `CN=${authority.name}`,
    thisUpdate: days(-0.1),
    nextUpdate: days(1),
    entries: revoked.map((serialNumber) => ({ serialNumber })),
    signingAlgorithm: ecdsa,
    signingKey: authority.keys.privateKey,
  })
  list = new Uint8Array(crl.rawData)
}

const issuingOf = () =>
  createIssuing({
    ...stage,
    ...quietEdges,
    vault: scriptedVault({}),
    directory: createDirectory({ store: stage.store, derive: () => new Uint8Array(32) }),
    fetchBytes: async () => {
      if (list === undefined) throw new Error('no route')
      return list
    },
  })

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'identity' }, nowMs)
  authority = await certify('Authority', '01')
  program = stage.mint('prg')
  const limits = { perTransaction: 1n, perDay: 1n, perMonth: 1n, signatureOnlyMax: 0n }
  const kind = { bin: '990012', currency: 'jpy', schemes: ['double_sealed'] as const }
  const asks = { verificationMethods: ['x509', 'registered_terminal'] as const, ...limits }
  const rules = [{ when: [], gives: { result: 'approve', reason: 'rules_met', limit: 9 } }] as const
  await createProgram(
    stage.store.sql,
    { id: program, name: 'Paper', validityMonths: 60, rules, ...kind, ...asks },
    nowMs,
  )
  const certificate = authority.der
  const trusted = { name: 'A', certificate, crlUrl: 'http://a.example/crl', nowMs }
  assert(await issuingOf().trustAuthority(trusted))
  assert.equal(
    await issuingOf().trustAuthority({ ...trusted, certificate: stage.random(80) }),
    undefined,
  )
})
after(() => stage.close())

async function applicant(atMs = nowMs) {
  const issuing = issuingOf()
  const looking = lookingOn(createTerminals({ ...stage, vault: scriptedVault({}) }))
  const [terminal, cardholder] = [stage.mint('trm', stage.lane()), stage.mint('chl')]
  await stage.store.sql`
    insert into terminals.terminal
      (lane, id, cardholder, status, sealing_thumbprint, signing_thumbprint, signing_key,
       created_ms)
    values (${laneOf(terminal)}, ${terminal}, ${cardholder}, 'active', 's', 'g', '{}', ${nowMs})`
  let counter = 0
  const nextCall = () => {
    counter += 1
    return callOf({ terminal, cardholder, counter, body: `${cardholder} ${counter}` })
  }
  const once = <G, T>(call: ReturnType<typeof nextCall>, work: Work<G, T>) =>
    looking(call, work, atMs)
  const call = nextCall()
  const facts = {
    name: 'H',
    birth_date: '1990-01-01',
    annual_income: 1,
    employment: 'none',
  } as const
  const asked = { call, program, scheme: 'double_sealed', applicant: facts, nowMs: atMs } as const
  const applied = await once(call, issuing.apply(asked))
  assert(applied.ok)
  const { id } = applied.value
  const start = (proof: Parameters<typeof issuing.startVerification>[0]['proof']) => {
    const turn = nextCall()
    return once(
      turn,
      issuing.startVerification({
        ...{ call: turn, application: id, proof, language: 'en', nowMs: atMs },
      }),
    )
  }
  const show = async (person: Awaited<ReturnType<typeof certify>>) => {
    const bytes = signedBytes(fromBase64url(digestOf(applied.value)))
    const signed = await crypto.subtle.sign(ecdsa, person.keys.privateKey, bytes)
    const signature = toBase64url(new Uint8Array(signed))
    return start({ method: 'x509', certificate: toBase64url(person.der), signature })
  }
  return { id, issuing, start, show }
}

test('two ways, each once: a certificate that holds, and the phone itself', async () => {
  await publish([])
  const { id, issuing, start, show } = await applicant()
  const shown = await show(await certify('Hanako', '1001', authority))
  assert(shown.ok)
  assert.deepEqual([shown.value.status, shown.value.destination], ['verified', 'CN=Hanako'])
  assert.equal((await issuing.application(id, nowMs))?.state, 'submitted')
  const again = await show(await certify('Hanako', '1002', authority))
  assert.deepEqual(again, refused('application_state'))
  assert.deepEqual(
    await start({ method: 'phone', phone: '+819012345678' }),
    refused('application_state'),
  )
  assert((await start({ method: 'registered_terminal' })).ok)
  assert.equal((await issuing.application(id, nowMs))?.state, 'approved')
})

test('each no has its word and its place in the log; five tries, and no more', async () => {
  await publish([])
  const { id, issuing, show } = await applicant()
  const stranger = await certify('Hanako', '1', { name: 'Authority', keys: await pair() })
  for (let turn = 0; turn < 5; turn += 1)
    assert.deepEqual(await show(stranger), refused('certificate_not_trusted', 'x509'))
  const honest = await certify('Hanako', '2001', authority)
  assert.deepEqual(await show(honest), refused('verification_exhausted'))
  const found = await issuing.application(id, nowMs)
  assert.deepEqual(
    found?.verifications.map(({ status, reason }) => `${status} ${reason}`),
    Array(5).fill('refused certificate_not_trusted'),
  )
  const [first] = found?.verifications ?? []
  assert(first)
  const log = await issuing.verificationLog(first.id, stage.mint('opr'), nowMs)
  assert.deepEqual(log.ok && log.value.log.map(({ what }) => what), [
    'certificate_not_trusted',
    'read',
  ])
})

test('revoked since: a newer list is fetched; without a good one, nobody is believed', async () => {
  const person = await certify('Gone', '3001', authority)
  const later = nowMs + 120_000
  await publish(['3001'])
  assert.deepEqual(
    await (await applicant(later)).show(person),
    refused('certificate_revoked', 'x509'),
  )
  list = undefined
  const kept = await (await applicant(later + 120_000)).show(
    await certify('Kept', '3002', authority),
  )
  assert(kept.ok, 'the list that we have still holds')
  const tooLate = nowMs + 2 * 86_400_000
  const late = await (await applicant(tooLate)).show(await certify('Late', '3003', authority))
  assert.deepEqual(late, refused('certificate_unchecked', 'x509'))
})
