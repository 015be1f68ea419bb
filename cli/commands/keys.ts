/** `warifu keys`: every key of the vault by name and check value, through the vault's own door. */
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { operatorOf } from '@warifu/cli/device-acts'
import { type OperatorSettings, operateVault } from '@warifu/cli/programs'
import { findSandbox } from '@warifu/cli/sandbox-address'
import type { KeyList, ListedKey } from '@warifu/vault/key-list'

const help = `warifu keys list [--cardholder chl_…] [--json]
warifu keys rotate base [--suite aes-dukpt|tdes-dukpt] [--json]
warifu keys rotate root --to FILE --to-passphrase-file FILE [--json]

  list         every key of the vault: name, purpose, algorithm, what protects it, state, check
               value, dates; never a key. Those of cardholders and devices are counted, or named
               for one cardholder
  rotate base  a new base key of entry devices: new initial keys come from it, older ones still open
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
    case 'rotate root': {
      const ownerUrl = process.env['VAULT_DATABASE_OWNER_URL']
      if (to === undefined || passphraseFile === undefined || ownerUrl === undefined)
        throw new Misunderstood(
          'rotate root expects --to, --to-passphrase-file and VAULT_DATABASE_OWNER_URL.',
        )
      const next = ['rotate-root', '--to', to, '--to-passphrase-file', passphraseFile]
      const owner = { VAULT_DATABASE_OWNER_URL: ownerUrl }
      tell(await operateVault(await vaultHere(), next, owner), movedWords)
      return 0
    }
    default:
      throw new Misunderstood(
        `an act is list, rotate base or rotate root; got "${positionals.join(' ')}".`,
      )
  }
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

const movedWords = ({ from, to, keys }: { from: string; to: string; keys: number }) =>
  `${keys} domain keys are under root ${to} now, no more under ${from}. Next: give every vault\n` +
  'the new VAULT_MASTER_KEY_FILE and VAULT_PASSPHRASE_FILE before it starts again.'
