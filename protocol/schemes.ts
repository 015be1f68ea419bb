/**
 * The card schemes of S0 (JP6913237B2, figs. 2 to 7): how a card travels to its phone, what rests
 * there, and how it pays. Each differs in one file of the vault (vault/schemes) and one of the
 * terminal (devices/terminal/scheme-*.ts); everything else is shared.
 */

// biome-ignore format: a table reads by its columns
export const schemes = [
  'terminal_sealed', // figs. 2, 3: sealed to the terminal, which reads it; sealed anew to pay
  'server_sealed', // fig. 4: a blob for the vault alone, kept and shown as it came
  'double_sealed', // fig. 5, the claims: the same blob, sealed again to the terminal on its way
  'payment_key', // fig. 6: the blob of fig. 4, sealed for each payment to a key of its owner's own
  'activation_number', // fig. 7: dead until a one-time number came back; each payment under a PSK
] as const
export type Scheme = (typeof schemes)[number]

/** Those in which what rests on the phone is a blob for the vault alone. */
export const blobSchemes = [
  'server_sealed',
  'double_sealed',
  'payment_key',
  'activation_number',
] as const satisfies readonly Scheme[]
