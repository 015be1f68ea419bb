/**
 * The pattern of a card: a twill woven from its reference, so that every card is a little different
 * and each is always the same. Decoration only: it says nothing about the number.
 */
export const COLUMNS = 56
export const ROWS = 35

/** FNV-1a, 32 bits: spreads a name over numbers; no secret depends on it. */
function spread(text: string): number {
  let hash = 0x811c9dc5
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}

/** Dyes of cloth; a program keeps one. */
const dyes = ['indigo', 'tea', 'plum', 'pine', 'ink'] as const
export type Dye = (typeof dyes)[number]

export const dyeOf = (program: string): Dye => dyes[spread(program) % dyes.length] ?? 'indigo'

export type Weave = { readonly warp: string; readonly float: string }

/** Two paths over a grid of COLUMNS × ROWS: threads that lie above, and the longer floats. */
export function weaveOf(reference: string): Weave {
  const seed = spread(reference)
  const shift = 1 + (seed % 3)
  const turn = 5 + ((seed >>> 4) % 7)
  const float = 3 + ((seed >>> 9) % 4)
  let warp = ''
  let floats = ''
  for (let y = 0; y < ROWS; y += 1) {
    // The twill turns back every `turn` rows: herringbone, diamonds, waves.
    const fold = Math.abs((y % (turn * 2)) - turn)
    for (let x = 0; x < COLUMNS; x += 1) {
      const step = (x + fold * shift + ((seed >>> (x % 13)) & 1)) % 4
      if (step === 0) warp += `M${x} ${y}h1v.5h-1z`
      else if (step === 1 && (x * 7 + y * 3 + seed) % float === 0) floats += `M${x} ${y}h.5v1h-.5z`
    }
  }
  return { warp, float: floats }
}
