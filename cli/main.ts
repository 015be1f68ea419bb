/**
 * `warifu`: every command of the house, by name. Each lives in commands/ and answers with an exit
 * code: 0 done, 1 failed (what and why is on stderr), 2 not understood, 128+n ended by signal n.
 */
import { Sorry } from './sorry.ts'

type Command = {
  readonly summary: string
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<number> }>
}

const commands: Readonly<Record<string, Command>> = {
  start: {
    summary: 'run the sandbox: databases, vault, server, docs (Ctrl-C stops it)',
    load: () => import('./commands/start.ts'),
  },
  demo: {
    summary: 'run every system against real processes, a line each (--json)',
    load: () => import('./commands/demo.ts'),
  },
  wallet: {
    summary: 'be a cardholder, step by step, against a running sandbox',
    load: () => import('./commands/wallet.ts'),
  },
  pay: {
    summary: 'be a merchant: ask a wallet for a payment',
    load: () => import('./commands/pay.ts'),
  },
  reconcile: {
    summary: 'compare an order file with what was paid and settled',
    load: () => import('./commands/reconcile.ts'),
  },
  settlements: {
    summary: 'what a shop is paid by day, and how far a run is',
    load: () => import('./commands/settlements.ts'),
  },
  listen: {
    summary: 'forward your events, signed, to a server on this machine',
    load: () => import('./commands/listen.ts'),
  },
  trigger: {
    summary: 'have a real event leave the sandbox, for your webhook to hear',
    load: () => import('./commands/trigger.ts'),
  },
  logs: {
    summary: 'what you asked the API and were answered, as it happens (logs tail)',
    load: () => import('./commands/logs.ts'),
  },
  pack: {
    summary: 'write the SDK as a package for npm',
    load: () => import('./commands/pack.ts'),
  },
  doctor: {
    summary: 'look at Node, permissions, ports, databases, vault and clock',
    load: () => import('./commands/doctor.ts'),
  },
  device: {
    summary: 'an entry device: its keys and slots, and a till that uses it',
    load: () => import('./commands/device.ts'),
  },
  sim: {
    summary: 'SIMs that pay: have the vault write one, run the bridge to the wallet',
    load: () => import('./commands/sim.ts'),
  },
  keys: {
    summary: 'the vault’s keys by name and check value; another root, another base key',
    load: () => import('./commands/keys.ts'),
  },
  operator: {
    summary: 'who works here: add, invite to the console, end, list',
    load: () => import('./commands/operator.ts'),
  },
  merchant: {
    summary: 'open a merchant or a store; who of it signs in at the console',
    load: () => import('./commands/merchant.ts'),
  },
  program: {
    summary: 'open a card program, as a file tells it',
    load: () => import('./commands/program.ts'),
  },
  ledger: {
    summary: 'prove the books while payments run (check, --json)',
    load: () => import('./commands/ledger.ts'),
  },
  retention: {
    summary: 'take old rows into archives, by the partition (list, run --to FOLDER)',
    load: () => import('./commands/retention.ts'),
  },
  test: {
    summary: 'run the tests, all or the files named',
    load: () => import('./commands/test.ts'),
  },
  screenshots: {
    summary: 'picture every page, in both themes and three languages (--only, --axe)',
    load: () => import('./commands/screenshots.ts'),
  },
  check: {
    summary: 'types, lint, format and the laws of the house',
    load: () => import('./commands/check.ts'),
  },
  bench: { summary: 'measure payments beside pgbench', load: () => import('./commands/bench.ts') },
}

const help = `warifu <command> [arguments]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  .join('\n')}

By npm: npm start, npm test, npm run demo -- --json; npm run warifu -- <command> for the others.
State is kept in .warifu (WARIFU_HOME names another folder).
Exit codes: 0 done, 1 failed, 2 not understood, 128+n ended by signal n.
`

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(help)
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    console.error(`warifu: no command is called "${name}".\n\n${help}`)
    return 2
  }
  const { run } = await command.load()
  return await run(args)
}

// The bootstrap holds the other end of this channel: when it is gone, we are asked to stop.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Sorry ? `warifu: ${error.message}` : error)
  process.exitCode = 1
}
