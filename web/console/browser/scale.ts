/** The arithmetic of the charts: zero-based, and no number that has not been measured. Pure. */

/** A round number at or above every value: 1, 2 or 5 times a power of ten. */
export function roundMax(values: readonly number[]): number {
  const most = Math.max(0, ...values)
  if (most === 0) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  const step = [1, 2, 5, 10].find((one) => one * power >= most) ?? 10
  return step * power
}

export type Frame = { readonly width: number; readonly height: number; readonly max: number }

/** Where the middle of one of `count` places lies. */
export const xOf = ({ width }: Frame, at: number, count: number): number =>
  (width / Math.max(1, count)) * (at + 0.5)
/** From zero at the foot to the maximum at the top. */
export const yOf = ({ height, max }: Frame, value: number): number =>
  height - (Math.min(value, max) / max) * height

/** A line through what was measured; where nothing was, it is broken. */
export function linePath(frame: Frame, values: readonly (number | null)[]): string {
  let path = ''
  let isDown = false
  for (const [at, value] of values.entries()) {
    if (value === null) {
      isDown = false
      continue
    }
    const x = xOf(frame, at, values.length).toFixed(1)
    path += `${isDown ? 'L' : 'M'}${x} ${yOf(frame, value).toFixed(1)}`
    isDown = true
  }
  return path
}

/** Points that stand alone: a line does not show them. */
export const alone = (values: readonly (number | null)[]): number[] =>
  values.flatMap((value, at) =>
    value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null
      ? [at]
      : [],
  )

/** Where labels at the right edge go, so that none lies on another: in order, `gap` apart. */
export function apart(wanted: readonly number[], gap: number, foot: number): number[] {
  const order = wanted.map((y, at) => ({ y, at })).sort((a, b) => a.y - b.y)
  let last = Number.NEGATIVE_INFINITY
  for (const one of order) {
    one.y = Math.max(one.y, last + gap)
    last = one.y
  }
  let next = foot
  for (const one of order.toReversed()) {
    one.y = Math.min(one.y, next)
    next = one.y - gap
  }
  const placed = wanted.map(() => 0)
  for (const { y, at } of order) placed[at] = y
  return placed
}
