/** SHA-256 (FIPS 180-4) at once, by Node's own; a page has WebCrypto's. */
import { hash } from 'node:crypto'

export const sha256 = (bytes: Uint8Array | string): Buffer => hash('sha256', bytes, 'buffer')
