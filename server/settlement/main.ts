/**
 * Proves the books of the database at DATABASE_URL, under whatever load it is. Prints one JSON line
 * with every law that does not hold (`warifu ledger check`).
 */
import { openStore } from '#store'
import { checkBooks } from './books.ts'

const url = process.env['DATABASE_URL']
if (url === undefined) {
  console.error('DATABASE_URL is not set: the server’s database.')
  process.exit(2)
}
const store = openStore(url, 1)
try {
  const began = Date.now()
  const { lanes, faults } = await checkBooks(store)
  const told = faults.map((fault) => ({
    ...fault,
    expected: Number(fault.expected),
    found: Number(fault.found),
  }))
  console.log(JSON.stringify({ lanes, ms: Date.now() - began, faults: told }))
} finally {
  await store.end()
}
