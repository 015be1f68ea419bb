/**
 * Transactions that end with their connection. postgres.js 3.4.9 goes on with one whose connection
 * has closed (porsager/postgres#1155, #1208): its own rollback finds no socket, which ends the
 * process, and what is asked next may run outside of the transaction, on the connection that came
 * after. So nothing more is asked of it, and the driver is not told how its work ended. So has
 * the server.
 */
import postgres from 'postgres'

/** Whoever asked is told before the transaction is: in the same turn of the event loop, or soon. */
const TURNS = 3

type Tx = postgres.TransactionSql
type Work<T> = (tx: Tx) => Promise<T>

/** `begin` as it was, with that end. */
export function endWithConnection(sql: postgres.Sql): postgres.Sql {
  const plain = sql.begin
  const begin = <T>(...asked: [Work<T>] | [options: string, Work<T>]): Promise<T> => {
    let isOver = false
    const [options, work] = asked.length === 1 ? ['', asked[0]] : asked
    // postgres.js types `begin` by UnwrapPromiseArray; for one promise that is T itself.
    const begun = plain(options, (tx) => done(tx, work, () => isOver)) as Promise<T>
    // It rejects as the connection closes, whatever the work does.
    return begun.finally(() => {
      isOver = true
    })
  }
  return Object.assign(sql, { begin }) as postgres.Sql
}

async function done<T>(tx: Tx, work: Work<T>, isOver: () => boolean): Promise<T> {
  try {
    const result = await work(whileOpen(tx, isOver))
    return isOver() ? await never() : result
  } catch (fault) {
    // Where PostgreSQL itself has said no, it is there.
    const turns = fault instanceof postgres.PostgresError ? 0 : TURNS
    for (let turned = 0; turned < turns && !isOver(); turned += 1) await new Promise(setImmediate)
    if (isOver()) await never()
    throw fault
  }
}

const never = () => new Promise<never>(() => {})

/** Nothing reaches the connection after its end: it may be somebody else's by then. */
const whileOpen = (tx: Tx, isOver: () => boolean): Tx =>
  new Proxy(tx, {
    apply: (target, self, args) => {
      if (isOver()) throw new ConnectionClosed()
      return Reflect.apply(target, self, args)
    },
  })

/** As postgres.js says it of what was asked before. */
class ConnectionClosed extends Error {
  readonly code = 'CONNECTION_CLOSED'
  constructor() {
    super('the connection of this transaction has closed')
  }
}
