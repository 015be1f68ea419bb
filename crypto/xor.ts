/** Bitwise XOR of bytes: `a`, changed where `mask` has one-bits. Browser-safe. */
export function xor(a: Uint8Array, mask: Uint8Array): Uint8Array<ArrayBuffer> {
  const mixed = new Uint8Array(a.length)
  // A plain loop: Uint8Array.from with a callback takes several times as long.
  for (let i = 0; i < a.length; i += 1) mixed[i] = (a[i] ?? 0) ^ (mask[i] ?? 0)
  return mixed
}
