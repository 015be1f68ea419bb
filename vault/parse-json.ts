const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** JSON, or undefined. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    return undefined
  }
}
