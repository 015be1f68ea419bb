/** What the demo's tests expect of each system, in the order in which the demo runs them. */

/** How many saboteurs a system has, and how many beside the vault read a number. */
export type Expected = Readonly<
  Record<string, { readonly saboteurs: number; readonly readers: number }>
>

// biome-ignore format: a table reads by its columns
export const expected = {
  'S0.terminal_sealed':   { saboteurs: 3, readers: 1 },
  'S0.physical':          { saboteurs: 5, readers: 2 },
  'S0.server_sealed':     { saboteurs: 3, readers: 0 },
  'S0.double_sealed':     { saboteurs: 5, readers: 0 },
  'S0.payment_key':       { saboteurs: 3, readers: 0 },
  'S0.activation_number': { saboteurs: 3, readers: 0 },
  'S1':                   { saboteurs: 4, readers: 0 },
  'S1.refuel':            { saboteurs: 4, readers: 0 },
  'S2':                   { saboteurs: 5, readers: 1 }, // the SIM itself
  'S3':                   { saboteurs: 4, readers: 0 },
  'S4.entry_device':      { saboteurs: 4, readers: 0 },
  'S4.token':             { saboteurs: 3, readers: 0 },
  'S4.moto':              { saboteurs: 4, readers: 0 },
  'S4.reconciliation':    { saboteurs: 6, readers: 0 },
} satisfies Expected
