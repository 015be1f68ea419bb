/**
 * Handlers: what the platform's people see of a merchant's own things. They read what the merchant
 * reads, by the merchant's own handlers.
 */
import { createHash } from 'node:crypto'
import type { Id } from '@warifu/protocol/ids'
import type { Callers, Handlers } from './handler.ts'

type Merchants = Handlers<
  'listWebhookEndpoints' | 'listApiKeys' | 'listRequests' | 'listWebhookDeliveries' | 'resendEvent'
>
type Names =
  | 'listMerchantWebhooks'
  | 'listMerchantApiKeys'
  | 'listMerchantRequests'
  | 'listMerchantDeliveries'
  | 'resendMerchantEvent'

/** Reads, and a resend without idempotency key: nothing of this is a merchant's own call. */
const asMerchant = (merchant: Id<'mer'>): Callers['merchant'] => ({
  kind: 'merchant',
  merchant,
  key: 'usr_',
  scopes: [],
  once: { key: '', digest: createHash('sha256').digest() },
})

export const consoleShopHandlers = (own: Merchants): Handlers<Names> => ({
  listMerchantWebhooks: (call) =>
    own.listWebhookEndpoints({ ...call, params: {}, caller: asMerchant(call.params.id) }),
  listMerchantApiKeys: (call) =>
    own.listApiKeys({ ...call, params: {}, caller: asMerchant(call.params.id) }),
  listMerchantRequests: (call) =>
    own.listRequests({ ...call, params: {}, caller: asMerchant(call.params.id) }),
  listMerchantDeliveries: (call) =>
    own.listWebhookDeliveries({
      ...call,
      params: { id: call.params.endpoint },
      caller: asMerchant(call.params.id),
    }),
  resendMerchantEvent: (call) =>
    own.resendEvent({
      ...call,
      params: { id: call.body.event },
      body: { endpoint: call.params.endpoint },
      caller: asMerchant(call.params.id),
    }),
})
