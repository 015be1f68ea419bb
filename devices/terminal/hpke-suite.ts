/**
 * The one suite of ours (protocol/sealed.ts), by `@hpke/core`. Loaded when something is sealed or
 * opened, so that a page shows itself before. Browser-safe.
 */
export async function loadSuite() {
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await import('@hpke/core')
  return new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  })
}
