/**
 * Writing a SIM from here through GlobalPlatform's SCP03 (Amendment D); the server and the maker's
 * tool relay commands and see ciphertext. It goes in rounds, each a function of all that the card
 * has answered in this session, so nothing waits in memory and a cut line just begins again:
 *
 *   1  SELECT, INITIALIZE UPDATE
 *   2  EXTERNAL AUTHENTICATE, SELECT the credit file     is it in use already?
 *   3  the SIM's own key, companies' keys, numbers, PIN digits; ACTIVATE FILE
 *   4  every answer is judged; only then is the SIM personalised
 *
 * Activating comes last and needs the maker's keys, which only the vault has: a file that is in use
 * holds what was planned before.
 */

import { type Command, type Reply, readReply, status, writeCommand } from '@warifu/crypto/apdu'
import { readBase64url } from '@warifu/crypto/base64url'
import { find } from '@warifu/crypto/ber-tlv'
import { putKeyCommand } from '@warifu/crypto/put-key'
import {
  CHALLENGE_BYTES,
  type Channel,
  initializeUpdate,
  openChannel,
  Scp03Error,
  securityLevel,
  unwrapReply,
  wrap,
} from '@warifu/crypto/scp03'
import { SIM_AID, SIM_CREDIT_FILE, SIM_MAKER_KEYS, SIM_OWN_KEY } from '@warifu/crypto/sim-layout'
import type { VaultInput } from '@warifu/protocol/vault'
import { type SimKeys, simKeys, wipe } from './sim-keys.ts'
import { cardsRefusal, isWritten, keepPlan, type Planning, writesOf } from './sim-plan.ts'
import { readSims, type SimRow } from './sim-rows.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

type Input = VaultInput<'personalise_sim'>
type Said = Answer<'personalise_sim'>

export async function personaliseSims(
  world: World,
  sql: Sql,
  inputs: readonly Input[],
): Promise<Said[]> {
  const answers: Said[] = []
  for (const input of inputs) answers.push(await personalise(world, sql, input))
  return answers
}

async function personalise(world: World, sql: Sql, input: Input): Promise<Said> {
  const sim = (await readSims(sql, [input.sim])).get(input.sim)
  if (sim === undefined) return no('sim_unknown')
  if (sim.state === 'removed') return no('sim_not_active')
  const planning = { world, sql, cards: input.cards }
  const refusal = await cardsRefusal(planning, sim)
  if (refusal !== undefined) return no(refusal)
  if (sim.state === 'personalised')
    return isWritten(sim, input.cards) ? finished(input) : no('sim_written')
  const keys = simKeys(world.hierarchy, sim.iccid)
  try {
    return await roundOf({ ...planning, input, sim, keys })
  } catch (error) {
    if (error instanceof Scp03Error) return no('sim_channel_broken')
    throw error
  } finally {
    wipe(keys)
  }
}

const finished = ({ sim }: Input): Said => yes({ sim, commands: [], done: true })

type Work = Planning & { readonly input: Input; readonly sim: SimRow; readonly keys: SimKeys }

const OPENING = 2

async function roundOf(work: Work): Promise<Said> {
  const { input } = work
  const replies = input.answers.map(replyOf)
  if (replies.length === 0) return next(input, [selectApplication, begin(work)])
  const [selected, begun, authenticated, looked, ...told] = replies
  if (!isOk(selected) || !isOk(begun)) return no('sim_channel_broken')
  const opening = open(work, begun)
  const look = wrap(opening.channel, selectCredit)
  if (replies.length === OPENING) return next(input, [opening.command, look.apdu])
  if (!isOk(authenticated) || !isOk(looked)) return no('sim_channel_broken')
  if (isInUse(unwrapReply(look.channel, looked))) return await concluded(work)
  const writing = await writingOf(work, look.channel)
  if (told.length === 0) {
    await keepPlan(work, work.sim)
    return next(
      input,
      writing.map(({ apdu }) => apdu),
    )
  }
  const isWhole = told.length === writing.length
  if (!isWhole || !writing.every((one, i) => isAccepted(one, told[i])))
    return no('sim_channel_broken')
  return await concluded(work)
}

/** The file is in use: it holds the plan that was kept last before its first writing. */
async function concluded({ sql, sim, input }: Work): Promise<Said> {
  const now = (await readSims(sql, [sim.sim])).get(sim.sim)
  if (now === undefined || !isWritten(now, input.cards)) return no('sim_written')
  await sql`update sims.sim set state = 'personalised' where sim = ${sim.sim}`
  return finished(input)
}

const next = ({ sim }: Input, commands: readonly Uint8Array[]): Said => {
  const texts = commands.map((one) => Buffer.from(one).toString('base64url'))
  return yes({ sim, commands: texts, done: false })
}

// ─── Commands ────────────────────────────────────────────────────────────────────────────────────

const selectApplication = writeCommand({
  cla: 0x00,
  ins: 0xa4,
  p1: 0x04,
  p2: 0x00,
  data: SIM_AID,
  le: 256,
})
const creditFile = Uint8Array.of(SIM_CREDIT_FILE >> 8, SIM_CREDIT_FILE & 0xff)
/** Answers with file control parameters. */
const selectCredit: Command = { cla: 0, ins: 0xa4, p1: 0, p2: 0x04, data: creditFile, le: 256 }
const activate: Command = { cla: 0, ins: 0x44, p1: 0, p2: 0, data: creditFile, le: undefined }

/** Of this session and no other; it need not be secret, nor be kept. */
const challengeOf = ({ world, input: { sim, session } }: Work): Uint8Array =>
  world.hierarchy.mac('sim', `challenge/1/${sim}/${session}`).subarray(0, CHALLENGE_BYTES)

const begin = (work: Work): Uint8Array => initializeUpdate(SIM_MAKER_KEYS, challengeOf(work))

const open = (work: Work, { data }: Reply) =>
  openChannel({
    keys: work.keys,
    hostChallenge: challengeOf(work),
    answer: data,
    level: securityLevel.c_mac_c_enc_r_mac_r_enc,
  })

type Sent = {
  readonly apdu: Uint8Array
  /** As it was after this command: it judges the answer. */
  readonly channel: Channel
  readonly mayRefuse: boolean
}

const VERSION = 1

/** The key anew over its own version; where there is none yet the first of the two puts it. */
function ownKey({ dek, auth }: SimKeys): readonly [Command, Command] {
  const key = { dek, key: auth, version: VERSION, keyId: SIM_OWN_KEY }
  return [putKeyCommand({ ...key, oldVersion: 0 }), putKeyCommand({ ...key, oldVersion: VERSION })]
}

async function writingOf(work: Work, opened: Channel): Promise<readonly Sent[]> {
  const [first, again] = ownKey(work.keys)
  const writes = await writesOf(work)
  let channel = opened
  const sent = [first, again, ...writes, activate].map((command) => {
    const wrapped = wrap(channel, command)
    channel = wrapped.channel
    return { ...wrapped, mayRefuse: command === first }
  })
  for (const { data } of writes) data.fill(0)
  return sent
}

// ─── Answers ─────────────────────────────────────────────────────────────────────────────────────

function replyOf(text: string): Reply | undefined {
  const bytes = readBase64url(text)
  return bytes && readReply(bytes)
}

const isOk = (reply: Reply | undefined): reply is Reply => reply?.word === status.ok

/** Successes are authenticated; only a key that is there already may be refused. */
function isAccepted({ channel, mayRefuse }: Sent, reply: Reply | undefined): boolean {
  if (reply === undefined) return false
  if (mayRefuse && reply.word === status.referenced_data_not_found) return true
  if (reply.word !== status.ok) return false
  unwrapReply(channel, reply)
  return true
}

const LIFE_CYCLE = 0x8a
const IN_USE = 0x05

const isInUse = (parameters: Uint8Array): boolean => find(parameters, LIFE_CYCLE)?.[0] === IN_USE
