/**
 * Command APDUs and answers (ISO/IEC 7816-3 §12.1, short lengths) with the status words of
 * ISO/IEC 7816-4 §5.6, EMV Book 1 §11 and ETSI TS 102 221 §10.2. Browser-safe.
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

/** What comes back: data, and the status word. */
export type Reply = { readonly data: Uint8Array; readonly word: number }

// biome-ignore format: a table
export const status = {
  ok:                        0x9000,
  selected_file_deactivated: 0x6283,
  authentication_failed:     0x6300,
  wrong_length:              0x6700,
  secure_messaging_refused:  0x6882,
  wrong_file_structure:      0x6981,
  security_not_satisfied:    0x6982,
  authentication_blocked:    0x6983,
  data_not_usable:           0x6984,
  conditions_not_satisfied:  0x6985,
  no_file_selected:          0x6986,
  wrong_data:                0x6a80,
  wrong_parameters:          0x6a86,
  file_not_found:            0x6a82,
  record_not_found:          0x6a83,
  no_room_in_file:           0x6a84,
  referenced_data_not_found: 0x6a88,
  wrong_offset:              0x6b00,
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

/** The bytes of a command; data that no short length can tell is a caller's fault. */
export function writeCommand({ cla, ins, p1, p2, data, le }: Command): Uint8Array<ArrayBuffer> {
  if (data.length > 255) throw new RangeError('data: at most 255 bytes')
  if (le !== undefined && (le < 1 || le > 256)) throw new RangeError('le: from 1 to 256')
  const length = data.length === 0 ? [] : [data.length]
  const expected = le === undefined ? [] : [le & 0xff]
  return Uint8Array.of(cla, ins, p1, p2, ...length, ...data, ...expected)
}

/** An answer: data, then the two bytes of the status word. */
export function answer(
  word: number,
  data: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const reply = new Uint8Array(data.length + 2)
  reply.set(data)
  reply[data.length] = word >> 8
  reply[data.length + 1] = word & 0xff
  return reply
}

/** Undefined where there is no status word. */
export function readReply(reply: Uint8Array): Reply | undefined {
  const [high, low] = reply.subarray(-2)
  if (high === undefined || low === undefined) return undefined
  return { data: reply.subarray(0, -2), word: high * 256 + low }
}
