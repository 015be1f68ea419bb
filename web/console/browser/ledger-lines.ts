/** A trial balance's rows of all lanes as lines by account, and their sums. Pure. */
type Row = {
  readonly account: string
  readonly currency: string
  readonly layer: 'pending' | 'posted'
  readonly amount: number
}
export type Sum = { readonly currency: string; readonly pending: number; readonly posted: number }
export type Line = Sum & { readonly account: string }

export function linesOf(rows: readonly Row[]): Line[] {
  const lines = new Map<string, Line>()
  for (const { account, currency, layer, amount } of rows) {
    const key = `${currency} ${account}`
    const line = lines.get(key) ?? { account, currency, pending: 0, posted: 0 }
    lines.set(key, { ...line, [layer]: line[layer] + amount })
  }
  return [...lines].sort(([a], [b]) => a.localeCompare(b)).map(([, line]) => line)
}

export function sumsOf(lines: readonly Line[]): Sum[] {
  const sums = new Map<string, Sum>()
  for (const { currency, pending, posted } of lines) {
    const sum = sums.get(currency) ?? { currency, pending: 0, posted: 0 }
    sums.set(currency, {
      currency,
      pending: sum.pending + pending,
      posted: sum.posted + posted,
    })
  }
  return [...sums.values()]
}
