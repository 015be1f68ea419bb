/** Reading what was typed: a command's table of words, options and what it does with them. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { TerminalError } from '@warifu/devices/terminal'
import { errors } from '@warifu/protocol/errors'
import { ApiError, NoAnswer } from '@warifu/sdk/api-call'
import { codeOf, Sorry } from './sorry.ts'

/** What was typed is not what the command takes. Exit code 2. */
export class Misunderstood extends Error {
  override readonly name = 'Misunderstood'
}

type Parsed<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>

export function readArguments<O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (cause) {
    const [what] = cause instanceof Error ? cause.message.split(/\.\s/) : []
    throw new Misunderstood(`${what ?? 'That was not understood'}.`, { cause })
  }
}

/** A whole number, or a sentence that says what was expected. */
export function wholeNumber(text: string, name: string, of = 'minor units, such as 1200'): number {
  if (!/^[0-9]{1,12}$/.test(text))
    throw new Misunderstood(`${name} is a whole number of ${of}; got "${text}".`)
  return Number(text)
}

type Telling = {
  readonly command: string
  readonly who: 'cardholder' | 'merchant'
  /** Said to whoever asks for it; and, with exit code 2, to whoever says nothing at all. */
  readonly help?: string
  /** It has something to say or to do without any words. */
  readonly isBare?: true
}

/** Runs a command to its exit code; a refusal becomes words, or JSON where it was asked for. */
export async function runTelling(
  args: readonly string[],
  { command, who, help, isBare }: Telling,
  work: () => Promise<number>,
): Promise<number> {
  const isMute = args.length === 0 && isBare !== true
  if (help !== undefined && (isMute || args.includes('--help') || args.includes('-h'))) {
    console.log(help)
    return isMute ? 2 : 0
  }
  try {
    return await work()
  } catch (error) {
    if (error instanceof Misunderstood) {
      console.error(`warifu ${command}: ${error.message} (warifu ${command} --help)`)
      return 2
    }
    const refusal = refusalOf(error, who)
    if (refusal === undefined) throw error
    if (args.includes('--json')) console.log(JSON.stringify({ error: refusal }))
    else console.error(`warifu ${command}: ${refusal.message} (${refusal.code})`)
    return 1
  }
}

function refusalOf(error: unknown, who: Telling['who']) {
  if (error instanceof ApiError) {
    const { code, outcome, param, requestId } = error
    // Of a field that is wrong the platform says which, and what it expected.
    const message = (code === 'field_invalid' ? '' : errors[code][who]) || error.message
    return { code, message, param, outcome, request_id: requestId }
  }
  if (error instanceof TerminalError) {
    const hint = error.code === 'unanswered' ? ' warifu wallet retry does.' : ''
    return { code: error.code, message: `${error.message}${hint}` }
  }
  if (!(error instanceof NoAnswer)) return undefined
  const refused = error.cause instanceof Error && codeOf(error.cause.cause) === 'ECONNREFUSED'
  if (refused) throw new Sorry('The sandbox does not answer: is npm start running?')
  return { code: error.code, message: error.message }
}
