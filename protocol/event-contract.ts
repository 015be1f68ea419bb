/** Endpoints of the contract: events: lists and streams, of merchants and cardholders. */
import { page } from './asked.ts'
import * as o from './objects.ts'
import { closed } from './shapes.ts'

export const eventEndpoints = {
  listEvents: {
    method: 'GET',
    path: '/v1/events',
    tag: 'Events',
    caller: 'merchant',
    status: 200,
    csv: true,
    summary: 'What happened to your payments, newest first.',
    query: closed(page),
    answer: o.listOf(o.event),
    refuses: [],
  },
  streamEvents: {
    method: 'GET',
    path: '/v1/events/stream',
    tag: 'Events',
    caller: 'merchant',
    status: 200,
    stream: true,
    summary: 'What happens to your payments, as it happens. Resumes by Last-Event-ID.',
    answer: o.event,
    refuses: ['too_many_streams'],
  },
  listNotices: {
    method: 'GET',
    path: '/v1/notices',
    tag: 'Events',
    caller: 'session',
    status: 200,
    summary: 'What happened to your cards and phones, newest first.',
    query: closed(page),
    answer: o.listOf(o.event),
    refuses: [],
  },

  streamNotices: {
    method: 'GET',
    path: '/v1/notices/stream',
    tag: 'Events',
    caller: 'terminal',
    status: 200,
    stream: true,
    summary:
      'What happens to your cards, phones and payments, as it happens. Resumes by Last-Event-ID.',
    answer: o.event,
    refuses: ['too_many_streams'],
  },
} as const
