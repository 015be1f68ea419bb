/**
 * Reads server-sent events (WHATWG HTML §9.2) out of the body of a fetch. `EventSource` cannot send
 * the headers that sign a terminal's request, hence this reader.
 */
export type EventStreamMessage = {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

/** One message out of its lines; undefined for a comment, which only keeps the line open. */
function readMessage(lines: readonly string[]): EventStreamMessage | undefined {
  const fields = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    if (colon === 0) return []
    if (colon < 0) return [[line, '']]
    return [[line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]]
  })
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value)
  if (data.length === 0) return undefined
  const last = (name: string) => fields.findLast(([key]) => key === name)?.[1]
  return { id: last('id') ?? null, event: last('event') ?? 'message', data: data.join('\n') }
}

/** The messages of a stream, as they come; it ends when the stream does. */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<EventStreamMessage> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += decoder.decode(part.value, { stream: true })
      const blocks = text.split(/\r\n\r\n|\n\n|\r\r/)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const message = readMessage(block.split(/\r\n|\n|\r/))
        if (message !== undefined) yield message
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
