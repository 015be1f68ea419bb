/** `warifu keys`: every key of the vault by name and check value, through the vault's own door. */
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { barOf } from '@warifu/cli/bar'
import { operatorOf } from '@warifu/cli/device-acts'
import { type OperatorSettings, operateVault } from '@warifu/cli/programs'
import { findSandbox } from '@warifu/cli/sandbox-address'
import type { Progress, Rotated } from '@warifu/vault/domain-rotation'
import type { KeyList, ListedKey } from '@warifu/vault/key-list'

const help = `warifu keys list [--cardholder chl_…] [--json]
warifu keys rotate base [--suite aes-dukpt|tdes-dukpt] [--json]
warifu keys rotate card|entry|company [--json]
warifu keys rotate root --to FILE --to-passphrase-file FILE [--json]

  list         every key of the vault: name, purpose, algorithm, what protects it, state, check
               value, dates; never a key. Those of cardholders and devices are counted, or named
               for one cardholder
  rotate base  a new base key of entry devices: new initial keys come from it, older ones still open
  rotate card, entry, company
               asked once, a new domain key, which every vault holds from its next start: start
               them anew, one after the other. Asked again, it is used: the keys under the old one
               are wrapped anew, and the old one is destroyed. Needs VAULT_DATABASE_OWNER_URL too
  rotate root  a new master key file under a passphrase of its own: domain keys are wrapped anew, in
               one transaction, while vaults run. Then give the vaults the new files. Keep the old
               ones as long as a backup of before. Needs VAULT_DATABASE_OWNER_URL too

Payment keys of cardholders rotate by themselves. The vault: VAULT_DATABASE_URL with
VAULT_MASTER_KEY_FILE and VAULT_PASSPHRASE_FILE, or the sandbox's own. Each act is a record in the
vault's audit chain.
Exit codes: 0 done, 1 refused, 2 not understood.`

const text = { type: 'string' } as const
const options = {
  cardholder: text,
  suite: text,
  to: text,
  'to-passphrase-file': text,
  json: { type: 'boolean' },
} as const

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'keys', who: 'merchant', help }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const { cardholder, suite = 'aes-dukpt', to, 'to-passphrase-file': passphraseFile } = values
  const tell = (line: string, words: (said: never) => string) =>
    console.log(values.json === true ? line.trim() : words(JSON.parse(line) as never))
  switch (positionals.join(' ')) {
    case 'list': {
      const whose = cardholder === undefined ? [] : ['--cardholder', cardholder]
      tell(await operateVault(await vaultHere(), ['list-keys', ...whose]), tableOf)
      return 0
    }
    case 'rotate base':
      tell(await operateVault(await vaultHere(), ['make-base-key', '--suite', suite]), madeWords)
      return 0
    case 'rotate card':
    case 'rotate entry':
    case 'rotate company': {
      const act = ['rotate-domain', '--domain', positionals[1] ?? '']
      tell(await operateVault(await vaultHere(), act, owner(), showProgress), rotatedWords)
      return 0
    }
    case 'rotate root': {
      if (to === undefined || passphraseFile === undefined)
        throw new Misunderstood('rotate root expects --to and --to-passphrase-file.')
      const next = ['rotate-root', '--to', to, '--to-passphrase-file', passphraseFile]
      tell(await operateVault(await vaultHere(), next, owner()), movedWords)
      return 0
    }
    default:
      throw new Misunderstood(
        'an act is list, or rotate base, card, entry, company or root; ' +
          `got "${positionals.join(' ')}".`,
      )
  }
}

/** The vault's own role cannot change a key. */
function owner(): Readonly<Record<string, string>> {
  const url = process.env['VAULT_DATABASE_OWNER_URL']
  if (url === undefined)
    throw new Misunderstood('it is done as the owner: VAULT_DATABASE_OWNER_URL is expected.')
  return { VAULT_DATABASE_OWNER_URL: url }
}

/** A bar, where somebody looks on; what was read may end in the middle of a line. */
function showProgress(text: string): void {
  const told = [...text.matchAll(/\{"progress":(\{[^{}]*\})\}/g)].at(-1)?.[1]
  if (!process.stderr.isTTY || told === undefined) return
  const progress: Progress = JSON.parse(told)
  process.stderr.write(`\r${barOf(progress)}${progress.done === progress.total ? '\n' : ' '}`)
}

async function vaultHere(): Promise<OperatorSettings> {
  const databaseUrl = process.env['VAULT_DATABASE_URL']
  const masterKeyFile = process.env['VAULT_MASTER_KEY_FILE']
  const passphraseFile = process.env['VAULT_PASSPHRASE_FILE']
  if (databaseUrl !== undefined && masterKeyFile !== undefined && passphraseFile !== undefined)
    return { databaseUrl, masterKeyFile, passphraseFile }
  return await operatorOf(await findSandbox())
}

const columns = ['name', 'algorithm', 'protected_by', 'state', 'check_value', 'created_at'] as const

function tableOf({ keys, counts }: KeyList): string {
  const cell = (key: ListedKey, name: (typeof columns)[number]) =>
    name === 'created_at' ? (key.created_at ?? '').slice(0, 10) : key[name]
  const widths = columns.map((name) =>
    Math.max(name.length, ...keys.map((key) => cell(key, name).length)),
  )
  const line = (cells: readonly string[], purpose: string) =>
    `${cells.map((one, at) => one.padEnd(widths[at] ?? 0)).join('  ')}  ${purpose}`
  const rows = keys.map((key) =>
    line(
      columns.map((name) => cell(key, name)),
      key.purpose,
    ),
  )
  const more = counts.map(({ kind, state, count }) => `${count} of ${kind}: ${state}`)
  return [line(columns, 'purpose'), ...rows, ...more].join('\n')
}

const madeWords = ({ kid, check_value }: { kid: string; check_value: string }) =>
  `${kid} (${check_value}) is the newest base key: new initial keys come from it.`

const rotatedWords = ({ key, check_value, state, wrapped }: Rotated) =>
  state === 'active'
    ? `${key} (${check_value}) is used. ${wrapped} keys were wrapped anew; the old one is gone.`
    : `${key} (${check_value}) is made and not used yet. Next: start every vault anew, one\n` +
      'after the other, so that it holds this key; then the same command again.'

const movedWords = ({ from, to, keys }: { from: string; to: string; keys: number }) =>
  `${keys} domain keys are under root ${to} now, no more under ${from}. Next: give every vault\n` +
  'the new VAULT_MASTER_KEY_FILE and VAULT_PASSPHRASE_FILE before it starts again.'
