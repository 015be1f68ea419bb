/**
 * Secret bytes that cannot slip out: not printed, not serialised, wiped when their scope ends.
 *
 *   using key = new Secret(bytes)      key.use((bytes) => …)      at the end of the scope: zeros
 *
 * The bytes are taken over, not copied. JavaScript may have copied them before, so this lowers
 * the risk and no more. Browser-safe.
 */
export class Secret implements Disposable {
  readonly #bytes: Uint8Array
  #isWiped = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Lends the bytes to `work`; a wiped secret is a bug, not a key of zeros. */
  use<T>(work: (bytes: Uint8Array) => T): T {
    if (this.#isWiped) throw new Error('this secret is wiped')
    return work(this.#bytes)
  }

  [Symbol.dispose](): void {
    this.#bytes.fill(0)
    this.#isWiped = true
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
