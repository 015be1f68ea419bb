/** The messages of a stream, as text/event-stream has them (HTML Living Standard, §9.2). */
import { type Place, placeText } from './place.ts'

/** Sent first: the place from which this reader goes on if it is cut before any event. */
export const opening = (place: Place): string => `: open\nid: ${placeText(place)}\n\n`

/** A comment: says that the stream lives, and shows both sides a dead connection. */
export const heartbeat = ': beat\n\n'

/** JSON holds no line break, so one `data` line is enough. */
export const message = (place: Place, type: string, data: object): string =>
  `id: ${placeText(place)}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
