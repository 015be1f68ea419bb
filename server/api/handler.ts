/** What a handler is given and what it gives back: typed by the contract, free of HTTP. */
import type { Readable } from 'node:stream'
import type { Scope } from '@warifu/protocol/api-key-contract'
import type {
  Body,
  Contract,
  EndpointName,
  Params,
  Query,
  Reply,
  StreamName,
} from '@warifu/protocol/contract'
import type { Answer } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Language } from '@warifu/protocol/language'
import type { ConsoleSession, Operator } from '#people'
import type { TerminalCall } from '#terminals'

/** The caller as the one authentication door let it in. */
export type Callers = {
  readonly anyone: { readonly kind: 'anyone' }
  readonly sandbox: { readonly kind: 'sandbox' }
  readonly merchant: {
    readonly kind: 'merchant'
    readonly merchant: Id<'mer'>
    /** The API key, or the merchant's user who is signed in at the console. */
    readonly key: Id<'key'> | Id<'usr'>
    /** What key or user may do; null: everything. */
    readonly scopes: readonly Scope[] | null
    readonly once: Once
  }
  readonly session: { readonly kind: 'session'; readonly cardholder: Id<'chl'> }
  /** Holds one of the roles that the endpoint names. */
  readonly operator: { readonly kind: 'operator' } & Operator
  /** Whoever is signed in at the console. */
  readonly console: { readonly kind: 'console' } & ConsoleSession
  /** The signature is verified; `call` is what the terminal's counter is advanced with. */
  readonly terminal: { readonly kind: 'terminal'; readonly call: TerminalCall }
  readonly bureau: { readonly kind: 'bureau'; readonly bureau: Id<'bur'> }
  /** Nothing is verified yet: the vault does it with the key it bound itself. */
  readonly terminal_by_vault: { readonly kind: 'terminal_by_vault'; readonly call: TerminalCall }
}

/** A merchant's idempotency key and the SHA-256 of method, path and body it was sent with. */
export type Once = { readonly key: string; readonly digest: Uint8Array }

export type Call<N extends EndpointName> = {
  readonly params: Params<N>
  readonly query: Query<N>
  readonly body: Body<N>
  readonly caller: Callers[Contract[N]['caller']]
  readonly requestId: Id<'req'>
  readonly nowMs: number
  /** The best of those that the request accepts, for what its person is told or sent. */
  readonly language: Language
  /** Where the reader of a stream was. */
  readonly lastEventId: string | undefined
  /** The file that came as the body, where the endpoint takes one. */
  readonly upload: Readable | undefined
}

/** The console's cookie is set, or taken away. */
export type CookieChange = { readonly token: string; readonly maxAgeS: number } | 'gone'

export type Handler<N extends EndpointName> = (
  call: Call<N>,
) => Promise<
  Answer<N extends StreamName ? Readable : Reply<N>> & { readonly cookie?: CookieChange }
>
export type Handlers<N extends EndpointName = EndpointName> = {
  readonly [E in N]: Handler<E>
}
