/** The server's own lines, as a cut makes them: what goes out is lost, or what comes back is. */
import type { Link } from '@warifu/protocol/test-kit-objects'
import type { VaultInput, VaultOperation } from '@warifu/protocol/vault'
import { type VaultClient, VaultUnavailable } from '#vault-client'
import type { Cuts } from './cuts.ts'

/** The vault does what it was asked, or never hears of it; either way the server learns nothing. */
export const cuttingVault = (cuts: Cuts, vault: VaultClient): VaultClient => ({
  call: (operation, input) =>
    cuts.may('vault', 'request', operation) || cuts.may('vault', 'answer', operation)
      ? callOnCut(cuts, vault, operation, input)
      : vault.call(operation, input),
  close: vault.close,
})

async function callOnCut<O extends VaultOperation>(
  cuts: Cuts,
  vault: VaultClient,
  operation: O,
  input: VaultInput<O>,
) {
  if (await cuts.take('vault', 'request', operation)) throw lineCut()
  const reply = await vault.call(operation, input)
  if (await cuts.take('vault', 'answer', operation)) throw lineCut()
  return reply
}

const lineCut = () => new VaultUnavailable('the line was cut by the test kit')

export type Places = Readonly<Partial<Record<Link, readonly string[]>>>

/** Providers of messages, and the credit bureau, by their addresses. */
export const cuttingFetch =
  (cuts: Cuts, places: Places, send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const link = linkTo(places, url)
    if (link === undefined) return send(input, init)
    if (await cuts.take(link, 'request', '')) throw new TypeError('the line was cut')
    const answer = await send(input, init)
    if (!(await cuts.take(link, 'answer', ''))) return answer
    await answer.body?.cancel()
    throw new TypeError('the line was cut before its answer')
  }

function linkTo(places: Places, url: string): 'messages' | 'bureau' | undefined {
  const leads = (link: Link) => places[link]?.some((place) => url.startsWith(place)) === true
  return leads('messages') ? 'messages' : leads('bureau') ? 'bureau' : undefined
}
