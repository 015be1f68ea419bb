/**
 * Puts the chip of a plastic card into the virtual reader: `node devices/virtual-reader/main.ts`.
 * SIMULATOR of a hand with a payment card; the file is one that the sandbox keeps for its plastic
 * (.warifu/plastic), and the chip's counter goes on in it.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { ATR, chipOf, type Plastic, paymentCard, reset } from '@warifu/devices/payment-card'
import { insertCard } from './insert-card.ts'

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)

function keepCounter(path: string, plastic: Plastic, atc: number): void {
  const aside = `${path}.new`
  writeFileSync(aside, `${JSON.stringify({ ...plastic, atc }, null, 2)}\n`, { mode: 0o600 })
  renameSync(aside, path)
}

async function start(path: string, port: number): Promise<void> {
  // Written by the sandbox in this very form.
  const plastic = JSON.parse(readFileSync(path, 'utf8')) as Plastic
  let chip = chipOf(plastic)
  const { gone, draw } = await insertCard(port, {
    atr: ATR,
    transmit: (apdu) => {
      const { state, reply } = paymentCard(chip, apdu)
      // The counter is on the disk before the answer leaves: no cryptogram is made twice under it.
      if (state.atc !== chip.atc) keepCounter(path, plastic, state.atc)
      chip = state
      return reply
    },
    reset: () => {
      chip = reset(chip)
    },
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, draw)
  say({ event: 'ready', process: 'payment card (simulator)', reader: port })
  await gone
}

process.umask(0o077)
// A listener of our own takes the place of Node’s, which would open the inspector.
process.on('SIGUSR1', () => {})
try {
  const { PLASTIC_FILE: path = '', READER_PORT: port = '35963' } = process.env
  await start(path, Number(port))
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'fault'
  process.stderr.write(`The payment card could not be put in (${code}).\n`)
  process.exit(1)
}
