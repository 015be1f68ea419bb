/**
 * Plastic: what its owner signs to order one, what is sealed to the bureau that makes it, the page
 * that is sealed to the terminal that applied, and what that terminal says of the card in its hand.
 *
 *   job   HPKE to the bureau's key; context { plastic }
 *   page  HPKE to the terminal's key; context { plastic, terminal: thumbprint }
 *   read  HPKE to the vault's key for it; context { plastic, terminal: id }
 */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { sealedHeader } from './sealed.ts'
import { assertion, base64url, closed, lastFour, oneOf, plainText, publicJwk } from './shapes.ts'

/** As embossed (ISO/IEC 7813 §5): capital letters, spaces and a few marks. */
export const embossedName = Type.String({ pattern: "^[A-Z][A-Z .'-]{1,25}$" })
export const shipTo = closed({
  name: plainText(60),
  lines: Type.Array(plainText(60), { minItems: 1, maxItems: 4 }),
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' }),
})

export const orderStatement = closed({
  act: Type.Literal('order_plastic'),
  card: idOf('crd'),
  terminal: idOf('trm'),
  name: embossedName,
  ship_to: shipTo,
})
export type OrderStatement = Static<typeof orderStatement>
export const orderPlasticBody = closed({ statement: orderStatement, assertion })
export type OrderPlasticBody = Static<typeof orderPlasticBody>

const sealedFor = <P extends string>(purpose: P, plainBytes: number) =>
  closed({
    header: closed({ ...sealedHeader.properties, purpose: Type.Literal(purpose) }),
    enc: base64url(65, 65),
    ct: base64url(plainBytes + 16, plainBytes + 16),
  })

/** The bureau's job. Of a card nothing else leaves the vault for anybody but its owner's phone. */
export const JOB_BYTES = 2048
export const sealedJob = sealedFor('plastic-job', JOB_BYTES)
export type SealedJob = Static<typeof sealedJob>
export const plasticJob = closed({
  v: Type.Literal(1),
  plastic: idOf('pls'),
  pan: Type.String({ pattern: '^[0-9]{16}$' }),
  /** YYMM. */
  expiry: Type.String({ pattern: '^[0-9]{4}$' }),
  security_code: Type.String({ pattern: '^[0-9]{3}$' }),
  name: embossedName,
  service_code: Type.String({ pattern: '^[0-9]{3}$' }),
  /** Behind the service code, on the stripe. */
  discretionary: Type.String({ pattern: '^[0-9]{8}$' }),
  pan_sequence: Type.String({ pattern: '^[0-9]{2}$' }),
  /** The chip's own master key (EMV Book 2 A1.4). The PIN is verified online: none goes along. */
  chip_key: Type.String({ pattern: '^[0-9A-F]{32}$' }),
  ship_to: shipTo,
})
export type PlasticJob = Static<typeof plasticJob>

/** The verification page: for the applying terminal, for ten minutes, for one activation. */
export const PAGE_BYTES = 256
export const sealedPage = sealedFor('plastic-page', PAGE_BYTES)
export type SealedPage = Static<typeof sealedPage>
export const plasticPage = closed({
  plastic: idOf('pls'),
  card: idOf('crd'),
  nonce: base64url(16, 16),
  last4: lastFour,
  /** Its security code is not the one that was installed: a plastic was made before. */
  code_is_new: Type.Boolean(),
})
export type PlasticPage = Static<typeof plasticPage>

/** What was read of the plastic: typed from it, or answered by its chip in a reader. */
export const plasticRead = Type.Union([
  closed({
    kind: Type.Literal('keyed'),
    expiry: Type.String({ pattern: '^[0-9]{4}$', description: 'YYMM' }),
    security_code: Type.String({ pattern: '^[0-9]{3}$' }),
  }),
  closed({
    kind: Type.Literal('chip'),
    /** Hex, BER-TLV: as an entry device sends them, with the cryptogram. */
    objects: Type.String({ pattern: '^[0-9A-F]{20,800}$' }),
  }),
])
export type PlasticRead = Static<typeof plasticRead>
export const READ_BYTES = 640
export const sealedRead = sealedFor('plastic-read', READ_BYTES)
export type SealedRead = Static<typeof sealedRead>

/**
 * What the terminal found: `match` where it can read its own card and compared it; `not_compared`
 * where it keeps a blob that only the vault can open. The vault compares in any case.
 */
export const activationStatement = closed({
  act: Type.Literal('activate_plastic'),
  plastic: idOf('pls'),
  card: idOf('crd'),
  terminal: idOf('trm'),
  nonce: base64url(16, 16),
  result: oneOf(['match', 'mismatch', 'not_compared'] as const),
})
export type ActivationStatement = Static<typeof activationStatement>
export const activatePlasticBody = closed({ statement: activationStatement, read: sealedRead })
export type ActivatePlasticBody = Static<typeof activatePlasticBody>

/** A bureau as an operator admits it: its id and its two public keys. */
export const bureauKeys = closed({
  bureau: idOf('bur'),
  sealing_key: publicJwk,
  signing_key: publicJwk,
})
export type BureauKeys = Static<typeof bureauKeys>
