/**
 * `npm run bench -- devices`: whose broadcast code it is, among a million devices: the server's own
 * statement on the server's own schema, with the three epochs that count filled for all of them.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments, wholeNumber } from '@warifu/cli/arguments'
import { startSandbox } from '@warifu/cli/sandbox'
import { epochAt } from '@warifu/protocol/proximity-frame'
import postgres from 'postgres'

type Sql = postgres.Sql

/** Devices with codes that look like chance: their number, hashed with the epoch. */
async function plant(sql: Sql, devices: number, epochs: readonly number[]): Promise<number> {
  const began = performance.now()
  await sql`
    insert into devices.proximity
      (id, kind, name, cardholder, terminal, card, state, created_ms)
    select 'pxd_' || lpad(n::text, 26, '0'), 'obd_plug', 'car', 'chl_' || lpad(n::text, 26, '0'),
           'trm_' || lpad(n::text, 26, '0'), 'crd_' || lpad(n::text, 26, '0'), 'active', 0
      from generate_series(1, ${devices}::int) n`
  for (const epoch of epochs)
    await sql`
      insert into devices.code (slot, epoch, code, device)
      select ${epoch % 4}, ${epoch},
             substr(sha256(convert_to(n || '/' || ${epoch}::text, 'utf8')), 1, 10),
             'pxd_' || lpad(n::text, 26, '0')
        from generate_series(1, ${devices}::int) n`
  await sql`analyze devices.code, devices.proximity`
  return performance.now() - began
}

/** As server/devices/epochs.ts asks it. */
const resolve = (sql: Sql, code: Uint8Array, epochs: readonly number[]) => sql`
  select d.id as device, d.terminal, d.cardholder, d.card
    from devices.code c
    join devices.proximity d on d.id = c.device
   where c.slot = any(${epochs.map((epoch) => epoch % 4)}) and c.code = ${Buffer.from(code)}
     and c.epoch = any(${[...epochs]}) and d.state = 'active'
   limit 1`

async function main(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = readArguments(args, { devices: text, looks: text, json: { type: 'boolean' } })
  const devices = wholeNumber(values.devices ?? '1000000', '--devices', 'devices')
  const looks = wholeNumber(values.looks ?? '2000', '--looks', 'looks')
  const home = await mkdtemp(join(tmpdir(), 'warifu-bench-'))
  try {
    await using sandbox = await startSandbox({ home, logLevel: 'error' })
    const sql = postgres(sandbox.serverDatabase.ownerUrl, { max: 1, onnotice: () => {} })
    // Far from the sandbox's own epochs, which its server fills meanwhile.
    const epochs = [1, 0, -1].map((step) => epochAt(Date.now()) + 40_000 + step)
    const planted = await plant(sql, devices, epochs)
    const known = await sql<{ code: Uint8Array }[]>`
      select code from devices.code where epoch = ${epochs[1] ?? 0} order by code limit ${looks}`
    const time = async (codes: readonly Uint8Array[]) => {
      const times: number[] = []
      for (const code of codes) {
        const began = performance.now()
        await resolve(sql, code, epochs)
        times.push(performance.now() - began)
      }
      times.sort((a, b) => a - b)
      const at = (share: number) =>
        Number((times[Math.floor(times.length * share)] ?? 0).toFixed(3))
      return { p50_ms: at(0.5), p99_ms: at(0.99) }
    }
    const hits = await time(known.map(({ code }) => code))
    const misses = await time(Array.from({ length: looks }, () => randomBytes(10)))
    await sql.end()
    const result = { devices, rows: 3 * devices, planted_ms: Math.round(planted), hits, misses }
    if (values.json === true) return console.log(JSON.stringify(result))
    console.log(`${devices} devices, ${result.rows} codes (planted in ${result.planted_ms} ms)`)
    console.log(`a code that is somebody's: p50 ${hits.p50_ms} ms, p99 ${hits.p99_ms} ms`)
    console.log(`a code of nobody:          p50 ${misses.p50_ms} ms, p99 ${misses.p99_ms} ms`)
  } finally {
    const elsewhere = await readFile(join(home, 'where'), 'utf8').catch(() => undefined)
    for (const folder of [home, ...(elsewhere === undefined ? [] : [elsewhere.trim()])])
      await rm(folder, { recursive: true, force: true })
  }
}

await main(process.argv.slice(2))
