/** For tests of timing: whether two samples may be one. */

/** How far two samples are from being one (Mann–Whitney, normal approximation). */
export function apart(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((ms) => ({ ms, isA: true })), ...b.map((ms) => ({ ms, isA: false }))]
  all.sort((x, y) => x.ms - y.ms)
  const ranks = all.reduce((sum, { isA }, i) => (isA ? sum + i + 1 : sum), 0)
  const [m, n] = [a.length, b.length]
  const u = ranks - (m * (m + 1)) / 2
  return Math.abs(u - (m * n) / 2) / Math.sqrt((m * n * (m + n + 1)) / 12)
}
