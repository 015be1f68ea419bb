/** What stays of a device's secrets in the memory of its process, and where that may be written. */
import { writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** OpenSSL wipes a key of ours that is not used any more when its object is collected: now. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Linux writes no memory into a core dump of this process (core(5), coredump_filter). */
export function emptyCoreDumps(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // Not a Linux, or not allowed: there `ulimit -c 0` before the start does it.
  }
}
