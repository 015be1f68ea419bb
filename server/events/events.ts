/** What happened: the outbox, its lists, and the streams that tell of it as it happens. */
export { append, type EventItem, list, type StoredEvent } from './outbox.ts'
export { type Place, readPlace } from './place.ts'
export {
  createStreams,
  type Holder,
  type Listening,
  type StreamNeeds,
  type Streams,
} from './streams.ts'
