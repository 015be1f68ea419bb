/**
 * Where a webhook may go: the public Internet, and what the operator allows by name. An address is
 * judged when the connection is made, by the very lookup that makes it, so a name that resolves to
 * something else a moment later (DNS rebinding) does not help. Redirects are not followed.
 *
 * Ranges: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890).
 */
import { BlockList, isIP } from 'node:net'

// biome-ignore format: a table
const special: readonly (readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],       // this network
  ['10.0.0.0', 8, 'ipv4'],      // private
  ['100.64.0.0', 10, 'ipv4'],   // shared
  ['127.0.0.0', 8, 'ipv4'],     // loopback
  ['169.254.0.0', 16, 'ipv4'],  // link local; clouds keep their metadata there
  ['172.16.0.0', 12, 'ipv4'],   // private
  ['192.0.0.0', 24, 'ipv4'],    // protocol assignments
  ['192.0.2.0', 24, 'ipv4'],    // documentation
  ['192.88.99.0', 24, 'ipv4'],  // 6to4 relays
  ['192.168.0.0', 16, 'ipv4'],  // private
  ['198.18.0.0', 15, 'ipv4'],   // benchmarking
  ['198.51.100.0', 24, 'ipv4'], // documentation
  ['203.0.113.0', 24, 'ipv4'],  // documentation
  ['224.0.0.0', 4, 'ipv4'],     // multicast
  ['240.0.0.0', 4, 'ipv4'],     // reserved, broadcast
  ['::', 96, 'ipv6'],           // unspecified, loopback, IPv4-compatible
  ['64:ff9b::', 96, 'ipv6'],    // NAT64: may lead into private IPv4
  ['64:ff9b:1::', 48, 'ipv6'],  // local NAT64
  ['100::', 64, 'ipv6'],        // discard
  ['2001::', 23, 'ipv6'],       // protocol assignments, Teredo
  ['2001:db8::', 32, 'ipv6'],   // documentation
  ['2002::', 16, 'ipv6'],       // 6to4: may lead into private IPv4
  ['3fff::', 20, 'ipv6'],       // documentation
  ['5f00::', 16, 'ipv6'],       // segment routing
  ['fc00::', 7, 'ipv6'],        // unique local
  ['fe80::', 10, 'ipv6'],       // link local
  ['fec0::', 10, 'ipv6'],       // site local
  ['ff00::', 8, 'ipv6'],        // multicast
]

const private_ = new BlockList()
for (const [address, prefix, family] of special) private_.addSubnet(address, prefix, family)

/** `address/prefix`, comma-separated, as the operator writes what else may be called. */
export function readAllowed(text: string): BlockList {
  const allowed = new BlockList()
  for (const range of text.split(',').filter((one) => one.trim() !== '')) {
    const [, address = '', prefix = ''] = /^\s*([^/\s]+)\/(\d{1,3})\s*$/.exec(range) ?? []
    const version = isIP(address)
    const bits = Number(prefix)
    if (version === 0 || prefix === '' || bits > (version === 4 ? 32 : 128))
      throw new RangeError(`${range.trim()}: an address and a prefix as in 10.1.0.0/16 expected`)
    allowed.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
  }
  return allowed
}

/** An IPv4 address inside an IPv6 one (RFC 4291 §2.5.5.2) is judged as what it is. */
const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

export function mayCall(address: string, allowed: BlockList): boolean {
  const plain = mapped.exec(address)?.[1] ?? address
  const version = isIP(plain)
  if (version === 0) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  return allowed.check(plain, family) || !private_.check(plain, family)
}

export type UrlFault = 'not_https' | 'has_credentials' | 'private_address' | 'malformed'

/** What of a URL can be judged before it is called; undefined where nothing is wrong. */
export function urlFault(
  text: string,
  { allowed, plain }: { readonly allowed: BlockList; readonly plain: boolean },
): UrlFault | undefined {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return 'malformed'
  if (url.protocol === 'http:' && !plain) return 'not_https'
  if (url.username !== '' || url.password !== '') return 'has_credentials'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) > 0) return mayCall(host, allowed) ? undefined : 'private_address'
  const isLocal = /(^|\.)localhost$/.test(host) || !host.includes('.')
  return isLocal && !mayCall('127.0.0.1', allowed) ? 'private_address' : undefined
}
