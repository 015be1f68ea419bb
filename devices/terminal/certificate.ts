/**
 * A person's certificate: the key is made here and never leaves, an authority certifies it by a
 * request (PKCS#10), and it signs the digest of an application under a label of its own, so that
 * whoever names a digest gets no signature that is good for anything else. Browser-safe.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { read, type TerminalNeeds, write } from './asking.ts'
import { TerminalError } from './terminal-error.ts'
import { makeSigningKey, sign } from './terminal-keys.ts'
import { type CertificateKey, speakerOf } from './terminal-state.ts'

type Application = Id<'app'>

export type Certificates = {
  /** The request to take to an authority, as PEM; the same one whenever it is asked for. */
  readonly requestCertificate: () => Promise<string>
  /** Shows the certificate that was issued for it: DER, or PEM with the chain. */
  readonly showCertificate: (
    application: Application,
    file: Uint8Array<ArrayBuffer>,
  ) => Promise<Reply<'startVerification'>>
}

export const certificates = (needs: TerminalNeeds): Certificates => ({
  requestCertificate: () => requestCertificate(needs),
  showCertificate: (application, file) => showCertificate(needs, application, file),
})

const x509 = () => import('./x509.ts')

/** The key is kept together with its request, before anybody sees either. */
async function requestCertificate({ store, turns, extractable }: TerminalNeeds): Promise<string> {
  const { requestFor } = await x509()
  return turns(async () => {
    const state = await store.load()
    if (state.certificate !== null) return state.certificate.request
    const { terminal } = speakerOf(state)
    const keys = await makeSigningKey(extractable)
    const request = await requestFor(keys, state.name ?? terminal)
    await store.save({ ...state, certificate: { keys, request } })
    return request
  })
}

/** Only the certificate of our key travels: those above it are the platform's own to know. */
async function showCertificate(
  needs: TerminalNeeds,
  id: Application,
  file: Uint8Array<ArrayBuffer>,
): Promise<Reply<'startVerification'>> {
  const { certificate: kept } = await needs.store.load()
  const certificate = await ownCertificate(kept, file)
  const { digest } = await read(needs, 'getApplication', { params: { id } })
  const signature = toBase64url(await sign(certificate.keys, signedBytes(digest)))
  const body = { method: 'x509', certificate: toBase64url(certificate.der), signature } as const
  return write(needs, 'startVerification', { params: { id }, body })
}

async function ownCertificate(kept: CertificateKey | null, file: Uint8Array<ArrayBuffer>) {
  const { certificateFor, readChain } = await x509()
  const chain = readChain(file)
  if (chain === undefined)
    throw new TerminalError('certificate_unreadable', 'No certificate, neither as PEM nor as DER.')
  const der = kept === null ? undefined : await certificateFor(kept.keys, chain)
  if (kept === null || der === undefined)
    throw new TerminalError('certificate_of_other_key', 'Not issued for the key of this terminal.')
  return { keys: kept.keys, der }
}

const LABEL = new TextEncoder().encode('warifu/1/application\0')

const signedBytes = (digest: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([...LABEL, ...fromBase64url(digest)])
