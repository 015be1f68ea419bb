/** What waits for a person of the issuer. */
import type { Reply } from '@warifu/protocol/contract'

export type Review = Reply<'listReviews'>['data'][number]
