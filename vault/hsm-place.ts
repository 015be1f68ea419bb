/**
 * Where an HSM's root key is, as a PKCS#11 URI (RFC 7512): which token, which key on it, which
 * library speaks to it, and the file with the PIN. The PIN itself never stands in the address.
 *
 *   pkcs11:token=warifu;object=root?module-path=/usr/lib/…/libpkcs11.so&pin-source=file:/…/pin
 */
import { ConfigError } from './config-error.ts'

export type HsmPlace = {
  readonly token: string
  readonly object: string
  readonly modulePath: string
  readonly pinFile: string
}

const form = /^pkcs11:([^?]*)\?(.*)$/

export function readHsmPlace(uri: string): HsmPlace {
  const [, path = '', query = ''] = form.exec(uri) ?? []
  const fields = new Map([...pairsOf(path, ';'), ...pairsOf(query, '&')])
  const { token, object, ...more } = Object.fromEntries(fields)
  const { 'module-path': modulePath, 'pin-source': source, ...unknown } = more
  const pinFile = /^file:(\/.+)$/.exec(source ?? '')?.[1]
  const isKnown = Object.keys(unknown).length === 0
  if (!isKnown || !token || !object || !modulePath?.startsWith('/') || !pinFile)
    throw new ConfigError(
      'VAULT_HSM is pkcs11:token=…;object=…?module-path=/…&pin-source=file:/… (RFC 7512).',
    )
  return { token, object, modulePath, pinFile }
}

function pairsOf(text: string, separator: string): [string, string][] {
  return text.split(separator).map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    return [name, decoded(value)]
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
