/**
 * S4, by a token: nothing was entered, so the vault is not asked. Whose card it is and whether the
 * cardholder consents is found in the money statement itself (`tokens.resolve`), under its locks.
 */
import { laneOfToken } from '#tokens'

export type TokenUse = {
  readonly token: string
  readonly token_lane: number
  readonly initiator: 'customer' | 'merchant'
}

export const useToken = (
  token: string,
  initiator: TokenUse['initiator'] = 'customer',
): TokenUse => ({ token, token_lane: laneOfToken(token), initiator })
