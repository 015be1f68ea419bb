// Goal: what was sent is read, however the bytes are cut; whoever follows misses nothing and reads
//   nothing twice, and gives up only where asking again is of no use.
// Method: properties over messages, line ends and cuts; the standard's own examples; a platform
//   that is played by a list of answers, and a clock that only counts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  createEventStreamParser,
  type Following,
  followStream,
  type OpenStream,
  type StreamMessage,
} from './event-stream.ts'

const read = (...chunks: readonly string[]): StreamMessage[] => {
  const parser = createEventStreamParser()
  return chunks.flatMap((chunk) => parser.feed(chunk))
}

/** Cuts a text at these places. */
const cutAt = (text: string, places: readonly number[]): string[] => {
  const cuts = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)
  return [...cuts, text.length].map((to, at) => text.slice(at === 0 ? 0 : cuts[at - 1], to))
}

const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''))
const sent = fc.record({
  id: line.map((text) => text.replaceAll('\0', '').replace(/^ /, '')),
  event: line.filter((text) => text !== ''),
  data: fc.array(line, { minLength: 1, maxLength: 3 }),
  comment: fc.option(line),
})

test('messages are read as they were sent, wherever the text is cut, with any line end', () => {
  const ends = fc.constantFrom('\n', '\r\n', '\r')
  fc.assert(
    fc.property(fc.array(sent), ends, fc.array(fc.nat()), fc.boolean(), (all, end, cuts, bom) => {
      const text = all
        .flatMap(({ id, event, data, comment }) => [
          ...(comment === null ? [] : [`: ${comment}`]),
          `id: ${id}`,
          `event: ${event}`,
          ...data.map((part) => `data: ${part}`),
          '',
        ])
        .map((one) => one + end)
        .join('')
      const expected = all.map(({ id, event, data }) => ({ id, event, data: data.join('\n') }))
      assert.deepEqual(
        read(...cutAt((bom ? '\uFEFF' : '') + text, cuts)),
        withLastEnd(expected, text),
      )
    }),
  )
})

/** A lone carriage return at the very end may still become a line end of two: it is waited for. */
const withLastEnd = (expected: readonly StreamMessage[], text: string) =>
  text.endsWith('\r') ? expected.slice(0, -1) : expected

test('no text at all makes the parser throw, short of a line without end', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (chunks) => {
      for (const { data } of read(...chunks)) assert.equal(typeof data, 'string')
    }),
  )
  assert.throws(() => read('data: ', 'x'.repeat(1024 * 1024 + 1)), { code: 'answer_unreadable' })
})

test('the standard’s examples (HTML Living Standard, §9.2.6)', () => {
  const datas = (text: string) => read(text).map(({ data }) => data)
  assert.deepEqual(datas('data: YHOO\ndata: +2\ndata: 10\n\n'), ['YHOO\n+2\n10'])
  assert.deepEqual(
    read(
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n',
    ),
    [
      { id: '1', event: 'message', data: 'first event' },
      { id: '', event: 'message', data: 'second event' },
    ],
  )
  assert.deepEqual(datas('data\n\ndata\ndata\n\ndata:'), ['', '\n'])
  assert.deepEqual(datas('data:test\n\ndata: test\n\n'), ['test', 'test'])
})

test('an id alone moves the place, one with a zero does not; unknown fields do nothing', () => {
  const parser = createEventStreamParser()
  assert.deepEqual(parser.feed(': open\nid: 7.\n\n'), [])
  assert.equal(parser.lastEventId(), '7.')
  assert.deepEqual(parser.feed('id: 8\0\nretry: 1\nwhat: ever\nevent: x\ndata: {}\n\n'), [
    { id: '7.', event: 'x', data: '{}' },
  ])
})

async function allOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of stream) found.push(item)
  return found
}

type Played = string | 'cut' | Error | { readonly status: number; readonly code: string }

/** A platform that plays these answers one after the other, then silence until it is stopped. */
function play(answers: readonly Played[], from?: string) {
  const stop = new AbortController()
  const asked: (string | undefined)[] = []
  const rests: number[] = []
  const states: string[] = []
  const open: OpenStream = async (lastEventId) => {
    const answer = answers[asked.length]
    asked.push(lastEventId)
    if (answer === undefined) stop.abort()
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('over')
    return typeof answer === 'string' ? new Response(answer) : refusal(answer)
  }
  const following: Following = {
    signal: stop.signal,
    chance: () => 0,
    sleep: (ms, signal) =>
      ms > 20_000
        ? new Promise((resolve) => signal?.addEventListener('abort', () => resolve()))
        : Promise.resolve(void rests.push(ms)),
    onState: (state) => states.push(state),
    ...(from === undefined ? {} : { from }),
  }
  const all = async () => (await allOf(followStream(open, following))).map(({ id }) => id)
  return { all, asked, rests, states }
}

const refusal = ({ status, code }: { readonly status: number; readonly code: string }) => {
  const advice = status === 401 ? 'fix_request' : 'retry_later'
  const error = { code, advice, message: code, outcome: 'not_performed' }
  return new Response(JSON.stringify({ error }), { status })
}
const one = (id: string) => `id: ${id}\nevent: e\ndata: {}\n\n`

test('whoever is cut goes on after the last message that was read', async () => {
  const { all, asked, states } = play([
    `: open\nid: 1\n\n${one('2')}`,
    new TypeError('fetch failed'),
    `${one('3')}${one('4')}id: 5\ndata: half`,
    one('5'),
  ])
  assert.deepEqual(await all(), ['2', '3', '4', '5'])
  assert.deepEqual(asked, [undefined, '2', '2', '4', '5'])
  assert.deepEqual(states.slice(0, 3), ['open', 'cut', 'cut'])
})

test('it begins where it is told to; a stream that only opened has a place already', async () => {
  const { all, asked } = play([': open\nid: 9.\n\n'], '8')
  assert.deepEqual(await all(), [])
  assert.deepEqual(asked, ['8', '9.'])
})

test('rests grow up to ten seconds while nothing comes', async () => {
  const { all, rests } = play(Array.from({ length: 8 }, () => new TypeError('fetch failed')))
  await all()
  assert.deepEqual(rests, [125, 250, 500, 1000, 2000, 4000, 5000, 5000])
})

test('a refusal that passes is waited out, one that does not is thrown', async () => {
  const busy = { status: 429, code: 'too_many_streams' }
  const passing = play([busy, { status: 503, code: 'internal_error' }, one('1')])
  assert.deepEqual(await passing.all(), ['1'])
  const final = play([one('1'), { status: 401, code: 'api_key_invalid' }, one('2')])
  await assert.rejects(final.all(), { name: 'ApiError', code: 'api_key_invalid', status: 401 })
  assert.deepEqual(final.asked, [undefined, '1'])
})

test('a stream that has gone silent is given up and asked for anew', async () => {
  const stop = new AbortController()
  let opened = 0
  const open: OpenStream = async () => {
    opened += 1
    if (opened === 2) stop.abort()
    return new Response(new ReadableStream({}))
  }
  const slept: number[] = []
  const sleep = async (ms: number) => void slept.push(ms)
  const following = { signal: stop.signal, chance: () => 0, sleep }
  assert.deepEqual(await allOf(followStream(open, following)), [])
  assert.equal(opened, 2)
  assert.equal(slept[0], 45_000)
})

test('whoever stops reading closes the connection', async () => {
  let closed: AbortSignal | undefined
  const open: OpenStream = async (_, signal) => {
    closed = signal
    return new Response(one('1'))
  }
  const sleep = () => new Promise<void>(() => {})
  const following = { signal: new AbortController().signal, chance: () => 0, sleep }
  for await (const { id } of followStream(open, following)) {
    assert.equal(id, '1')
    break
  }
  assert.equal(closed?.aborted, true)
})
