/**
 * A till tells the platform which of its devices it sees, so that one that is gone is shown as gone
 * within ten seconds. A device that does not answer is not spoken for; the platform hears silence.
 */
import { ApiError, callApi, NoAnswer } from './api-call.ts'
import type { Calling } from './calling.ts'
import type { DeviceLine, DeviceStatus } from './device-line.ts'

const BEAT_MS = 4_000

export type Beating = {
  readonly lines: readonly DeviceLine[]
  /** A line that is not open is left to whoever has it. */
  readonly onlyOpen: boolean
  readonly signal: AbortSignal
}

/** Beats until the signal is aborted; never fails. */
export async function beat(calling: Calling, { lines, onlyOpen, signal }: Beating): Promise<void> {
  const speak = async (line: DeviceLine) => {
    if (!onlyOpen || (await line.isOpen())) await speakFor(calling, line, signal)
  }
  while (!signal.aborted) {
    await Promise.all(lines.map(speak))
    await calling.sleep(BEAT_MS, signal)
  }
}

async function speakFor(calling: Calling, line: DeviceLine, signal: AbortSignal): Promise<void> {
  const status = await line.status().catch(() => undefined)
  if (status === undefined || signal.aborted) return
  try {
    await tell(calling, status, signal)
  } catch (error) {
    // The next beat says it again.
    if (!(error instanceof ApiError) && !(error instanceof NoAnswer)) throw error
  }
}

function tell(calling: Calling, { device: id, state }: DeviceStatus, signal: AbortSignal) {
  const { apiUrl, apiKey, newKey, timeout } = calling
  const fetch: Calling['fetch'] = (url, init) =>
    calling.fetch(url, { ...init, signal: AbortSignal.any([signal, timeout(BEAT_MS)]) })
  const headers = { authorization: `Bearer ${apiKey}`, 'idempotency-key': newKey() }
  const input = { params: { id }, body: { state }, headers }
  return callApi({ fetch, apiUrl }, 'heartbeatEntryDevice', input)
}
