/**
 * What is done with keys: the maker's secure channel (GlobalPlatform SCP03), the key he puts for
 * INTERNAL AUTHENTICATE, and that command itself (ISO/IEC 7816-4 §11.5.2).
 */
import { timingSafeEqual } from 'node:crypto'
import type { Command, Status } from '@warifu/crypto/apdu'
import { keyCheckValue, openSentKey } from '@warifu/crypto/put-key'
import {
  acceptHost,
  beginChannel,
  CHALLENGE_BYTES,
  LAST_SEQUENCE,
  Scp03Error,
} from '@warifu/crypto/scp03'
import { DIGEST_BYTES, simCryptogram } from '@warifu/crypto/sim-cryptogram'
import { AID, isMaker, isPinSatisfied } from './files.ts'
import type { Done } from './instruction.ts'
import { changed, KEY_VERSION, kept, NONE, type SimCard } from './state.ts'

/** The channel belongs to the application, whose name goes into the card's challenge. */
export function initializeUpdate(card: SimCard, { p1, p2, data }: Command): Done {
  if (p2 !== 0) return 'wrong_parameters'
  if (data.length !== CHALLENGE_BYTES) return 'wrong_length'
  if (p1 !== 0 && p1 !== KEY_VERSION) return 'referenced_data_not_found'
  const { iccid, maker, sequence } = card.memory
  if (card.session.directory !== 'application' || sequence >= LAST_SEQUENCE)
    return 'conditions_not_satisfied'
  const { begun, answer } = beginChannel({
    keys: maker,
    keyVersion: KEY_VERSION,
    diversification: iccid,
    sequence,
    aid: AID,
    hostChallenge: data,
  })
  return { card: changed(card, { begun }), data: answer }
}

/** What is written through the channel is secret: a level without encryption is refused. */
const hasSecrecy = (level: number): boolean => (level & 0x02) !== 0

export function externalAuthenticate(card: SimCard, command: Command): Done {
  const { begun } = card.session
  const ended = changed(card, { begun: undefined })
  if (begun === undefined) return 'conditions_not_satisfied'
  if (command.p2 !== 0 || !hasSecrecy(command.p1)) return refused(ended, 'wrong_parameters')
  try {
    // As it came, for that is what its MAC is over; nothing else is brought here (uicc.ts, open).
    const channel = acceptHost(begun, { ...command, cla: 0x84 })
    const { sequence } = card.memory
    return { card: kept(changed(ended, { channel }), { sequence: sequence + 1 }), data: NONE }
  } catch (error) {
    if (!(error instanceof Scp03Error)) throw error
    return refused(ended, error.code === 'malformed' ? 'wrong_length' : 'authentication_failed')
  }
}

const refused = (card: SimCard, word: Status): Done => ({ card, data: NONE, word })

const AUTHENTICATION_KEY = 0x01

/** GlobalPlatform Card Specification §11.8: one AES key, encrypted under the maker's DEK. */
export function putKey(card: SimCard, { p1, p2, data }: Command): Done {
  const { authentication, maker } = card.memory
  if (!isMaker(card)) return 'security_not_satisfied'
  if (p2 !== AUTHENTICATION_KEY) return 'referenced_data_not_found'
  // A new key takes the place of the version that the maker names; 0 says that there is none.
  if (p1 !== (authentication?.version ?? 0)) return 'referenced_data_not_found'
  const sent = openSentKey(maker.dek, data)
  if (sent === undefined) return 'wrong_data'
  const { key, version, checkValue } = sent
  if (!timingSafeEqual(checkValue, keyCheckValue(key))) return 'wrong_data'
  const answer = Uint8Array.of(version, ...checkValue)
  return { card: kept(card, { authentication: { key, version } }), data: answer }
}

const OWN_KEY = 0x80 | AUTHENTICATION_KEY
const LAST_AUTHENTICATION = 0xffffffff

/** The SIM says that it is the one: with the user's PIN, and while its information is in use. */
export function internalAuthenticate(card: SimCard, { p1, p2, data }: Command): Done {
  const { authentication, authentications, lifeCycle } = card.memory
  if (card.session.directory !== 'application') return 'conditions_not_satisfied'
  if (p1 !== 0) return 'wrong_parameters'
  if (p2 !== OWN_KEY || authentication === null) return 'referenced_data_not_found'
  if (lifeCycle === 'deactivated') return 'data_not_usable'
  if (!isPinSatisfied(card)) return 'security_not_satisfied'
  if (data.length !== DIGEST_BYTES) return 'wrong_length'
  if (authentications >= LAST_AUTHENTICATION) return 'conditions_not_satisfied'
  const counter = authentications + 1
  const answer = simCryptogram(authentication.key, counter, data)
  return { card: kept(card, { authentications: counter }), data: answer }
}
