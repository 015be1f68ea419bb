/** OpenAPI 3.1, drawn from the contract: nothing is described twice. */
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { errors, type Refusal } from '@warifu/protocol/errors'
import { commonRefusals, statusOf } from './status.ts'

const security = {
  anyone: [],
  sandbox: [],
  merchant: [{ apiKey: [] }],
  session: [{ session: [] }],
  terminal: [{ terminal: [] }],
  terminal_by_vault: [{ terminal: [] }],
  operator: [{ operator: [] }, { console: [] }],
  console: [{ console: [] }],
  bureau: [{ bureau: [] }],
} as const

/** Every refusal that this endpoint may answer with. */
export function refusalsOf(endpoint: Endpoint): Refusal[] {
  const byCaller: readonly Refusal[] = commonRefusals[endpoint.caller]
  const byKey: readonly Refusal[] = endpoint.idempotencyKey ? ['idempotency_key_missing'] : []
  return [...new Set([...commonRefusals.anyone, ...byCaller, ...byKey, ...endpoint.refuses])]
}

export function openapi(apiOrigin: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [name, endpoint] of Object.entries<Endpoint>(contract)) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Warifu',
      version: '0.1.0',
      description:
        'Card data is readable only in the device that captured it, the phone and the vault.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: apiOrigin }],
    paths,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A merchant’s secret key, wk_test_…',
        },
        session: { type: 'http', scheme: 'bearer', description: 'A cardholder’s session, ws_…' },
        operator: { type: 'http', scheme: 'bearer', description: 'An operator’s token, wo_…' },
        console: {
          type: 'apiKey',
          in: 'cookie',
          name: 'warifu_console',
          description: 'A console session; writes also carry Warifu-Console: 1 and its own Origin',
        },
        bureau: {
          type: 'apiKey',
          in: 'header',
          name: 'Warifu-Bureau',
          description: 'A bureau’s id; signed as a terminal signs, with the bureau’s own key',
        },
        terminal: {
          type: 'apiKey',
          in: 'header',
          name: 'signature',
          description: 'RFC 9421 signature by the terminal’s key (see crypto/http-signature.ts)',
        },
      },
      schemas: { Error: errorSchema },
    },
  }
}

function operation(name: string, endpoint: Endpoint): object {
  return {
    operationId: name,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    security: security[endpoint.caller],
    parameters: [
      ...parameters(endpoint, 'params', 'path'),
      ...parameters(endpoint, 'query', 'query'),
      ...(endpoint.idempotencyKey ? [idempotencyKey] : []),
      ...(endpoint.stream ? [lastEventId] : []),
    ],
    ...(endpoint.body ? { requestBody: { required: true, content: json(endpoint.body) } } : {}),
    ...(endpoint.takesCsv ? { requestBody: { required: true, content: csvFile } } : {}),
    responses: {
      [endpoint.status]: endpoint.stream
        ? { description: streamed, content: eventStream(endpoint.answer) }
        : { description: 'Done', content: { ...json(endpoint.answer), ...csvOf(endpoint) } },
      ...refusals(endpoint),
    },
  }
}

const json = (schema: object) => ({ 'application/json': { schema } })

const csvFile = { 'text/csv': { schema: { type: 'string', description: 'the file' } } }
const csvOf = ({ csv }: Endpoint) =>
  csv ? { 'text/csv': { schema: { type: 'string', description: 'all pages of the list' } } } : {}

const streamed =
  'A stream without end: each message has a type (`event`), its place in the log (`id`) and one ' +
  'event object as JSON (`data`). A comment comes every 15 seconds.'
/** OpenAPI 3.1 describes a body as a whole; the form of one message is said beside it. */
const eventStream = (schema: object) => ({
  'text/event-stream': { schema: { type: 'string', 'x-message-data': schema } },
})
const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'The id of the last message that was read; without it the stream begins now.',
  schema: { type: 'string', maxLength: 60 },
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function parameters(
  endpoint: Endpoint,
  part: 'params' | 'query',
  where: 'path' | 'query',
): object[] {
  const schema = endpoint[part]
  if (!schema) return []
  const required = new Set<string>(schema.required ?? [])
  return Object.entries(schema.properties).map(([name, one]) => ({
    name,
    in: where,
    required: where === 'path' || required.has(name),
    schema: one,
  }))
}

function refusals(endpoint: Endpoint): Record<string, object> {
  const byStatus = Map.groupBy(refusalsOf(endpoint), (refusal) => statusOf[refusal])
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `${code}: ${errors[code].operator}`).join('\n'),
        content: json({ $ref: '#/components/schemas/Error' }),
      },
    ]),
  )
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['type', 'code', 'message', 'param', 'advice', 'outcome', 'request_id', 'doc_url'],
      properties: {
        type: { type: 'string' },
        code: { type: 'string', enum: Object.keys(errors) },
        message: { type: 'string' },
        param: { type: ['string', 'null'] },
        advice: { type: 'string' },
        outcome: { type: 'string', enum: ['performed', 'not_performed', 'unknown'] },
        resource: { type: ['object', 'null'] },
        deadline_at: { type: ['string', 'null'] },
        request_id: { type: 'string' },
        doc_url: { type: 'string' },
      },
    },
  },
}
