/** A bar of work that takes its time, on the line where the cursor is, where somebody watches. */
const WIDTH = 30

export function barOf({ done, total }: { readonly done: number; readonly total: number }): string {
  const part = total === 0 ? 0 : done / total
  const bar = '█'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '░')
  return `${bar} ${String(Math.floor(part * 100)).padStart(3)} %`
}
