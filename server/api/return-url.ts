/**
 * Where the wallet may return a customer to. The contract holds it to printable ASCII that begins
 * with http(s); here is what a pattern cannot say. It is the shop's own address and is never
 * fetched by us.
 */

/** What is wrong with this address, in words; undefined where it may be used. */
export function returnUrlFault(text: string, livemode: boolean): string | undefined {
  const url = URL.parse(text)
  if (url === null) return 'an absolute http or https address expected'
  if (url.username !== '' || url.password !== '') return 'an address without a user name expected'
  if (livemode && url.protocol !== 'https:') return 'an https address expected in live mode'
  return undefined
}
