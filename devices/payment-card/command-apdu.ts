/**
 * Command APDUs as a card reads them (ISO/IEC 7816-3 §12.1, short lengths) and its status words
 * (ISO/IEC 7816-4 §5.6; EMV Book 1, §11).
 */
export type Command = {
  readonly cla: number
  readonly ins: number
  readonly p1: number
  readonly p2: number
  readonly data: Uint8Array
  /** Bytes expected; 256 where the command says 00, undefined where it says nothing. */
  readonly le: number | undefined
}

// biome-ignore format: a table
export const status = {
  ok:                        0x9000,
  wrong_length:              0x6700,
  security_not_satisfied:    0x6982,
  authentication_blocked:    0x6983,
  conditions_not_satisfied:  0x6985,
  wrong_parameters:          0x6a86,
  file_not_found:            0x6a82,
  record_not_found:          0x6a83,
  referenced_data_not_found: 0x6a88,
  instruction_not_supported: 0x6d00,
  class_not_supported:       0x6e00,
} as const
export type Status = keyof typeof status

/** Undefined where the bytes are no command. */
export function readCommand(apdu: Uint8Array): Command | undefined {
  const [cla, ins, p1, p2, p3] = apdu
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined)
    return undefined
  const head = { cla, ins, p1, p2 }
  const none = new Uint8Array(0)
  if (p3 === undefined) return { ...head, data: none, le: undefined }
  const expected = (le: number | undefined) => (le === 0 ? 256 : le)
  if (apdu.length === 5) return { ...head, data: none, le: expected(p3) }
  const end = 5 + p3
  if (p3 === 0 || apdu.length < end || apdu.length > end + 1) return undefined
  return { ...head, data: apdu.subarray(5, end), le: expected(apdu[end]) }
}

/** An answer: data, then the two bytes of the status word. */
export function answer(word: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const reply = new Uint8Array(data.length + 2)
  reply.set(data)
  reply[data.length] = word >> 8
  reply[data.length + 1] = word & 0xff
  return reply
}
