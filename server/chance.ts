/**
 * Chance by the page: a call for a few random bytes costs as much as one for thousands, and a
 * payment asks for several. Bytes are handed out once, copied, and wiped where they lay.
 */
const PAGE = 8192
const LARGE = 256

/** `draw` is the system's own source, which main.ts brings in. */
export function createChance(draw: (size: number) => Uint8Array): (size: number) => Uint8Array {
  let page: Uint8Array = new Uint8Array(0)
  let used = 0
  return (size) => {
    if (size > LARGE) return draw(size)
    if (used + size > page.length) {
      // A slice of a Buffer would be the page itself.
      page = new Uint8Array(draw(PAGE))
      used = 0
    }
    const bytes = page.slice(used, used + size)
    page.fill(0, used, used + size)
    used += size
    return bytes
  }
}
