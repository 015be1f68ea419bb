/** `warifu wallet …`: be a cardholder, step by step, with a software terminal (sandbox only). */
import { createInterface } from 'node:readline/promises'
import { Misunderstood, readArguments, runTelling, wholeNumber } from '@warifu/cli/arguments'
import { platformClock } from '@warifu/cli/platform-clock'
import { findSandbox, type SandboxAddress } from '@warifu/cli/sandbox-address'
import { applicationWords, cardLine, claimWords, presentedWords } from '@warifu/cli/shown'
import { createSoftwareTerminal } from '@warifu/cli/software-terminal'
import { Sorry } from '@warifu/cli/sorry'
import { listWallets, openWalletFile } from '@warifu/cli/wallet-file'
import { type Terminal, TerminalError } from '@warifu/devices/terminal'
import { type Id, isId, type Prefix } from '@warifu/protocol/ids'
import { type Applicant, applicant } from '@warifu/protocol/objects'
import { type Scheme, schemes } from '@warifu/protocol/schemes'
import { readAnswer } from '@warifu/sdk/api-call'
import { Check } from 'typebox/value'

const help = `warifu wallet <step> [--wallet NAME] [--json]

  join --name "Aiko"        make a passkey and register this software terminal
  apply                     apply for the sandbox's card and have a code sent
        [--income 5000000] [--birth-date 1990-04-01] [--employment employed]
        [--phone +819012345678] [--program prg_…]
        [--scheme double_sealed]  or another that the program offers
  code [CODE]               answer with the code; without one: where to find it
        [--phone +81…]      have a new code sent
  application               how the application stands
  install                   pull the card, install it by its scheme, confirm it
  cards                     your cards
  show LINK                 open a payment link
  pay LINK                  open it and pay
        [--card crd_…] [--yes] [--without-passkey]
  deny LINK                 say no
  freeze, unfreeze [--card crd_…]
  notices                   what happened to your cards and phones
  retry                     send the request that got no answer again, as it was

The wallet is a SOFTWARE TERMINAL for the sandbox: its keys lie readable in .warifu/wallets.
Without --wallet, the only wallet there is; join names it after you.`

const options = {
  json: { type: 'boolean' },
  wallet: { type: 'string' },
  name: { type: 'string' },
  income: { type: 'string' },
  'birth-date': { type: 'string' },
  employment: { type: 'string' },
  phone: { type: 'string' },
  program: { type: 'string' },
  scheme: { type: 'string' },
  card: { type: 'string' },
  yes: { type: 'boolean' },
  'without-passkey': { type: 'boolean' },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']
type Step = {
  readonly takes: readonly (keyof Values)[]
  /** What the word after the step is, if it takes one. */
  readonly word?: string
  readonly isWordOptional?: true
  readonly run: (at: At) => Promise<void>
}
type At = {
  readonly terminal: Terminal
  readonly sandbox: SandboxAddress
  readonly values: Values
  readonly word: string
  readonly path: string
  /** Prints an object as JSON, or as words; the exit code says whether what was asked was done. */
  readonly tell: (object: unknown, words: string, isDone?: boolean) => void
}

const steps: Readonly<Record<string, Step>> = {
  join: { takes: ['name'], run: join },
  apply: {
    takes: ['name', 'income', 'birth-date', 'employment', 'phone', 'program', 'scheme'],
    run: apply,
  },
  code: { takes: ['phone'], word: 'the six digits of the code', isWordOptional: true, run: code },
  application: { takes: [], run: application },
  install: { takes: [], run: install },
  cards: { takes: [], run: cards },
  show: { takes: [], word: 'a payment link', run: show },
  pay: { takes: ['card', 'yes', 'without-passkey'], word: 'a payment link', run: pay },
  deny: { takes: [], word: 'a payment link', run: deny },
  freeze: { takes: ['card'], run: freeze },
  unfreeze: { takes: ['card'], run: unfreeze },
  notices: { takes: [], run: notices },
  retry: { takes: [], run: retry },
}

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'wallet', who: 'cardholder', help }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [name = '', word = '', ...more] = positionals
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined
  if (step === undefined)
    throw new Misunderstood(`a step is one of ${Object.keys(steps).join(', ')}; got "${name}".`)
  requireFitting(name, step, { values, word, more })
  const sandbox = await findSandbox()
  const wallet = values.wallet ?? (await chooseWallet(sandbox.home, values, name))
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(wallet))
    throw new Misunderstood('--wallet is a name of small letters, digits and hyphens.')
  const { store, keeper, turns, path } = openWalletFile(sandbox.home, wallet, sandbox.walletOrigin)
  const origin = sandbox.walletOrigin
  const nowMs = platformClock(sandbox.home)
  const terminal = createSoftwareTerminal({ ...sandbox.api, origin, store, keeper, turns, nowMs })
  let code = 0
  const tell: At['tell'] = (object, words, isDone = true) => {
    console.log(values.json === true ? JSON.stringify(object) : words)
    code = isDone ? 0 : 1
  }
  await step.run({ terminal, sandbox, values, word, path, tell })
  return code
}

type Typed = { readonly values: Values; readonly word: string; readonly more: readonly string[] }

function requireFitting(name: string, step: Step, { values, word, more }: Typed): void {
  const always: readonly string[] = ['json', 'help', 'wallet']
  for (const option of Object.keys(values))
    if (!always.includes(option) && !step.takes.some((taken) => taken === option))
      throw new Misunderstood(`${name} does not take --${option}.`)
  if (step.word === undefined ? word !== '' : more.length > 0)
    throw new Misunderstood(`${name} takes ${step.word ?? 'no further word'}, and got more.`)
  if (step.word !== undefined && word === '' && step.isWordOptional === undefined)
    throw new Misunderstood(`${name} expects ${step.word}.`)
}

async function chooseWallet(home: string, { name }: Values, step: string): Promise<string> {
  if (step === 'join') return (name ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '') || 'wallet'
  const [only, ...others] = await listWallets(home)
  if (only === undefined) throw new Sorry('There is no wallet yet: warifu wallet join --name …')
  if (others.length === 0) return only
  throw new Misunderstood(
    `there are several wallets; say --wallet ${[only, ...others].join(' or ')}.`,
  )
}

// ─── The steps ───────────────────────────────────────────────────────────────────────────────

async function join({ terminal, values: { name }, path, tell }: At): Promise<void> {
  if (name === undefined) throw new Misunderstood('join expects --name, such as --name "Aiko".')
  const before = await terminal.state()
  if (before.terminal !== null) throw new Sorry(`There is a wallet in ${path} already.`)
  if (before.cardholder === null) await terminal.join(name)
  const enrolled = await terminal.enrol()
  tell(
    enrolled,
    `${name} joined as ${enrolled.cardholder} with terminal ${enrolled.id}.
Software terminal, sandbox only: its keys lie readable in ${path}.
Next: warifu wallet apply`,
  )
}

async function apply({ terminal, sandbox, values, tell }: At): Promise<void> {
  const program = values.program ?? sandbox.seed.program
  if (!isId('prg', program)) throw new Misunderstood('--program is an id such as prg_….')
  const who: Applicant = readApplicant(values, (await terminal.state()).name ?? 'Cardholder')
  const { id } = await terminal.apply(program, who, readScheme(values.scheme))
  const sent = await terminal.startPhone(id, values.phone ?? '+819012345678')
  tell(sent, `Application ${id}; a code was sent to ${sent.destination}.\n${inboxHint(sandbox)}`)
}

function readScheme(text = 'double_sealed'): Scheme {
  const scheme = schemes.find((each) => each === text)
  if (scheme === undefined) throw new Misunderstood(`--scheme is one of ${schemes.join(', ')}.`)
  return scheme
}

function readApplicant(values: Values, name: string): Applicant {
  const facts = {
    name: values.name ?? name,
    birth_date: values['birth-date'] ?? '1990-04-01',
    annual_income: wholeNumber(values.income ?? '5000000', '--income'),
    employment: values.employment ?? 'employed',
  }
  if (Check(applicant, facts)) return facts
  throw new Misunderstood(
    '--birth-date is such as 1990-04-01; ' +
      '--employment is one of employed, self_employed, student, retired, none.',
  )
}

const inboxHint = ({ api }: SandboxAddress) =>
  `Messages of the sandbox lie in ${api.apiUrl}/v1/test/inbox; then: warifu wallet code CODE`

async function code({ terminal, sandbox, values, word, tell }: At): Promise<void> {
  const { verification, application: id } = await terminal.state()
  if (values.phone !== undefined) {
    const sent = await terminal.startPhone(required(id, 'Apply first.'), values.phone)
    tell(sent, `A new code was sent to ${sent.destination}.\n${inboxHint(sandbox)}`)
    return
  }
  const asked = required(verification, 'No code was asked for.')
  if (word === '') {
    const inbox = `${sandbox.api.apiUrl}/v1/test/inbox`
    tell({ verification: asked, inbox }, inboxHint(sandbox))
    return
  }
  if (!/^[0-9]{6}$/.test(word)) throw new Misunderstood('a code has six digits.')
  const decided = await terminal.answerCode(asked, word)
  tell(decided, applicationWords(decided))
}

function required<T>(value: T | null, otherwise: string): T {
  if (value === null) throw new Sorry(otherwise)
  return value
}

async function application({ terminal, tell }: At): Promise<void> {
  const { application: id } = await terminal.state()
  const found = await terminal.application(required(id, 'Apply first: warifu wallet apply'))
  tell(found, applicationWords(found))
}

async function install({ terminal, tell }: At): Promise<void> {
  const { application: id } = await terminal.state()
  const card = await terminal.install(required(id, 'Apply first: warifu wallet apply'))
  tell(card, `Installed, and readable only by the vault.\n${cardLine(card)}`)
}

async function cards({ terminal, tell }: At): Promise<void> {
  const found = await terminal.cards()
  tell(found, found.length === 0 ? 'No cards yet.' : found.map(cardLine).join('\n'))
}

async function show({ terminal, word, tell }: At): Promise<void> {
  const claim = await terminal.claim(word)
  tell(claim, claimWords(claim))
}

async function pay({ terminal, values, word, tell }: At): Promise<void> {
  const card = await chooseCard(terminal, values.card)
  if (values.yes !== true && (values.json === true || !process.stdin.isTTY))
    throw new Misunderstood('pay expects --yes where nobody can be asked.')
  const claim = await terminal.claim(word)
  if (values.json !== true) console.log(claimWords(claim))
  if (values.yes !== true && !(await isAgreed())) throw new Sorry('Not paid; you may pay it later.')
  const verifyUser = values['without-passkey'] !== true
  await terminal.renewKeys()
  const presented = await terminal.present(claim, card, { verifyUser })
  tell(presented, presentedWords(presented), presented.status === 'authorized')
}

async function isAgreed(): Promise<boolean> {
  using asking = createInterface({ input: process.stdin, output: process.stdout })
  return /^y(es)?$/i.test((await asking.question('Pay? [y/N] ')).trim())
}

async function deny({ terminal, word, tell }: At): Promise<void> {
  const denied = await terminal.deny(await terminal.claim(word))
  tell(denied, 'Refused; the shop is told.')
}

async function freeze({ terminal, values, tell }: At): Promise<void> {
  const card = await terminal.suspend(await chooseCard(terminal, values.card))
  tell(card, cardLine(card))
}

async function unfreeze({ terminal, values, tell }: At): Promise<void> {
  const card = await terminal.resume(await chooseCard(terminal, values.card))
  tell(card, cardLine(card))
}

async function chooseCard(terminal: Terminal, named: string | undefined): Promise<Id<'crd'>> {
  if (named !== undefined) return readId('crd', named, '--card')
  const [only, ...others] = (await terminal.state()).cards
  if (only === undefined) throw new Sorry('There is no card on this terminal yet.')
  if (others.length === 0) return only.card
  const ids = [only, ...others].map(({ card }) => card)
  throw new Misunderstood(`there are several cards; say --card ${ids.join(' or ')}.`)
}

function readId<P extends Prefix>(prefix: P, text: string, name: string): Id<P> {
  if (isId(prefix, text)) return text
  throw new Misunderstood(`${name} is an id such as ${prefix}_…; got "${text}".`)
}

async function notices({ terminal, tell }: At): Promise<void> {
  const found = await terminal.notices()
  const lines = found.map(({ timestamp, type, subject }) => `${timestamp}  ${type}  ${subject}`)
  tell(found, lines.length === 0 ? 'Nothing happened yet.' : lines.join('\n'))
}

async function retry({ terminal, tell }: At): Promise<void> {
  const { request, answer } = await terminal.retry().catch((error: unknown) => {
    if (error instanceof TerminalError && error.code === 'nothing_unanswered')
      throw new Sorry('Every request has had its answer.')
    throw error
  })
  const reply = readAnswer(request.name, answer)
  tell(reply, `${request.name} has its answer now:\n${JSON.stringify(reply, null, 2)}`)
}
