/**
 * Takes old rows out of the server's database (`warifu retention`). DATABASE_OWNER_URL: its owner;
 * RETENTION_DAYS: other periods than the usual. Arguments: `list`, or `run FOLDER`. A line of JSON
 * for each thing that was done. Stopped by SIGINT or SIGTERM, it goes on when it is started again.
 */
import { listPartitions, openStore } from '#store'
import { isDue, readDays, retain } from './retention.ts'

const url = process.env['DATABASE_OWNER_URL']
if (url === undefined) {
  console.error('DATABASE_OWNER_URL is not set: the owner’s connection to the server’s database.')
  process.exit(2)
}
const [act = 'list', folder = ''] = process.argv.slice(2)
const store = openStore(url, 2)
const nowMs = Date.now()
let isStopped = false
const stop = () => {
  isStopped = true
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
const tell = (line: object) => console.log(JSON.stringify(line))

try {
  const days = readDays(process.env['RETENTION_DAYS'] ?? '')
  if (act === 'list')
    for (const partition of await listPartitions(store.sql))
      tell({ ...partition, due: isDue(partition, days, nowMs) })
  else
    tell({
      ...(await retain({
        ...{ sql: store.sql, folder, nowMs, days, stopped: () => isStopped },
        say: (partition, step, rows) => tell({ partition, step, rows }),
      })),
    })
} catch (fault) {
  console.error(fault instanceof Error ? fault.message : 'unknown fault')
  process.exitCode = 1
} finally {
  await store.end()
}
