/** Digits that were seen in bytes, before anybody asks whose they are. */
export type Encoding = 'text' | 'utf16' | 'hex' | 'base64' | 'bcd'

export type Seen = {
  readonly digits: string
  readonly encoding: Encoding
  /** The first byte that belongs to it, and the first behind it. */
  readonly at: number
  readonly end: number
  /** In groups, as on a card's face. */
  readonly grouped?: boolean
  /** Where the form itself says that it is a card's: a tag, a pad, a track. */
  readonly certain?: boolean
  /** What stands beside it, where it is not the bytes themselves: the text that was decoded. */
  readonly beside?: { readonly before: string; readonly after: string }
}
