/** What happened: the outbox, its lists, the streams and webhooks that tell of it. */
export { append, type EventItem, list, type StoredEvent } from './outbox.ts'
export { type Place, readPlace } from './place.ts'
export {
  createStreams,
  type Holder,
  type Listening,
  type StreamNeeds,
  type Streams,
} from './streams.ts'
export { readAllowed } from './webhook-address.ts'
export type { Delivery } from './webhook-delivery.ts'
export type { Endpoint } from './webhook-endpoint.ts'
export { createPost, type Post } from './webhook-post.ts'
export { createSecretBox } from './webhook-signature.ts'
export { createWebhooks, type Webhooks } from './webhooks.ts'
