/**
 * `warifu merchant …`: opens merchants and stores; who of a shop signs in at the console (sandbox,
 * or DATABASE_URL).
 */
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { consoleOriginOf, databaseToOperate, withLink } from '@warifu/cli/console-links'
import { openAtServer, operateServer } from '@warifu/cli/operators'
import { findSandbox } from '@warifu/cli/sandbox-address'

const help = `warifu merchant open NAME --place PLACE --category CODE [--store NAME] [--json]
warifu merchant store NAME --place PLACE --category CODE [--merchant mer_…] [--json]
warifu merchant user <act> [--merchant mer_…] [--json]

  open    a merchant with its first store, called as it is unless --store says otherwise;
          --place is what a cardholder reads and signs, --category the kind of shop (ISO 18245)
  store   one more

  add NAME --role ROLE   roles: admin (everything), clerk (sells and gives back), viewer (looks)
                         prints a link to the console, good once for three days
  invite NAME            another link, for another passkey
  end NAME               passkeys and sessions are nobody's from now on
  list                   who they are

Without --merchant: the sandbox's own.
Exit codes: 0 done, 1 refused, 2 not understood.`

const options = {
  json: { type: 'boolean' },
  role: { type: 'string' },
  merchant: { type: 'string' },
  place: { type: 'string' },
  category: { type: 'string' },
  store: { type: 'string' },
} as const

const acts: readonly string[] = ['add', 'invite', 'end', 'list']

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'merchant', who: 'merchant', help }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [what, ...words] = positionals
  const act = branches.get(what ?? '')
  if (act === undefined)
    throw new Misunderstood(`merchant open, store or user expected; got "${what}".`)
  const told = await act(values, words)
  console.log(values.json ? JSON.stringify(told) : JSON.stringify(told, null, 2))
  return 0
}

const branches = new Map([
  ['open', open],
  ['store', openStore],
  ['user', actOnUsers],
])

type Values = ReturnType<typeof readArguments<typeof options>>['values']
const merchantOf = async ({ merchant }: Values) => merchant ?? (await findSandbox()).seed.merchant

async function open(values: Values, words: readonly string[]): Promise<object> {
  const { name, place, category } = shopIn(values, words)
  return opened(['merchant', name, values.store ?? name, place, category])
}

async function openStore(values: Values, words: readonly string[]): Promise<object> {
  const { name, place, category } = shopIn(values, words)
  return opened(['store', await merchantOf(values), name, place, category])
}

function shopIn({ place, category }: Values, [name, ...rest]: readonly string[]) {
  if (name === undefined || place === undefined || category === undefined || rest.length > 0)
    throw new Misunderstood('NAME --place PLACE --category CODE expected.')
  return { name, place, category }
}

const opened = async (words: readonly string[]): Promise<object> =>
  JSON.parse(await openAtServer(await databaseToOperate(), words))

async function actOnUsers(
  values: Values,
  [act = '', name, ...rest]: readonly string[],
): Promise<object> {
  if (!acts.includes(act)) throw new Misunderstood(`an act is one of ${acts}; got "${act}".`)
  if (rest[0] !== undefined) throw new Misunderstood(`${act} does not take "${rest[0]}".`)
  if (act !== 'list' && name === undefined) throw new Misunderstood(`${act} expects a name.`)
  const words = [name, act === 'add' ? values.role : undefined].filter((one) => one !== undefined)
  const url = await databaseToOperate()
  const line = await operateServer(url, [`user-${act}`, await merchantOf(values), ...words])
  return withLink(line, await consoleOriginOf())
}
