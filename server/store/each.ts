/**
 * Work that the clock does for many rows: one after the other, and a fault of one keeps no other
 * from being done. The first fault is thrown when all have had their turn.
 */
export async function doEach<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const faults: unknown[] = []
  for (const item of items) await work(item).catch((fault: unknown) => faults.push(fault))
  if (faults.length > 0) throw faults[0]
}
