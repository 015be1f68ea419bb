/**
 * What only the sandbox has, behind one door: a clock that may be set ahead, lines that may be
 * cut. In live mode it is not read, and every endpoint that leads here answers `test_only`.
 */
import { type Clock, createClock } from './clock.ts'
import { type Cuts, createCuts } from './cuts.ts'
import { createFollowers, type FollowerNeeds } from './followers.ts'

export { type Cardholders, createCardholders } from './cardholders.ts'
export { cuttingFetch, cuttingVault, type Places } from './links.ts'
export type { Clock, Cuts }

export type Sandbox = {
  readonly clock: Clock
  readonly cuts: Cuts
  /** Hears what other processes were told, and tells the vault. */
  readonly follow: () => Promise<void>
  /** This process follows no more: nobody waits for it. */
  readonly leave: () => Promise<void>
}

export type SandboxNeeds = FollowerNeeds & {
  /** Writes what the vault is to know into the file that both were told of, if any. */
  readonly tellVault: (told: VaultTold) => Promise<void>
}

/** Read by vault/sandbox-file.ts. */
export type VaultTold = { readonly ahead_ms: number; readonly acquirer_silent_until_ms: number }

export function createSandbox({ tellVault, ...needs }: SandboxNeeds): Sandbox {
  const { sql, wall } = needs
  const [clock, cuts] = [createClock(sql, wall), createCuts(sql, wall)]
  const followers = createFollowers(needs)
  let told = ''
  const tellNow = async () => {
    const network = cuts.list().find(({ link }) => link === 'network')
    const silentUntil = network?.until ? Date.parse(network.until) : 0
    const now = { ahead_ms: clock.aheadMs(), acquirer_silent_until_ms: silentUntil }
    if (JSON.stringify(now) === told) return
    await tellVault(now)
    told = JSON.stringify(now)
  }
  // One after the other: the newest is told last, and nobody takes another's half-written file.
  let telling: Promise<void> = Promise.resolve()
  const tell = () => {
    const mine = telling.then(tellNow)
    telling = mine.catch(() => {})
    return mine
  }
  const andTell =
    <A extends readonly unknown[]>(act: (...args: A) => Promise<void>) =>
    async (...args: A) => {
      await act(...args)
      await tell()
      await followers.changed()
    }
  return {
    clock: { ...clock, advance: andTell(clock.advance) },
    cuts: { ...cuts, make: andTell(cuts.make), mendAll: andTell(cuts.mendAll) },
    follow: async () => {
      const place = await followers.place()
      await Promise.all([clock.read(), cuts.read()])
      await tell()
      await followers.heard(place)
    },
    leave: followers.leave,
  }
}
