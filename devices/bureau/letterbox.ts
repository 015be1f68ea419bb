/**
 * SIMULATOR of a letterbox: the pictures of the cards that the post has brought, for whoever sits
 * at this machine. Only the loopback, only by its own names; nothing may be done here.
 */
import { createServer, type Server, type ServerResponse } from 'node:http'

export type Letterbox = {
  readonly letters: () => Promise<readonly string[]>
  readonly picture: (plastic: string) => Promise<string | undefined>
}

const headers = {
  'content-security-policy': "default-src 'none'; img-src 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

export function listenLetterbox(port: number, box: Letterbox): Promise<Server> {
  const names = new Set([`127.0.0.1:${port}`, `letterbox.localhost:${port}`])
  const server = createServer((request, response) => {
    if (!names.has(request.headers.host ?? '')) return end(response, 421, 'text/plain', 'Not here.')
    void answer(box, request.url ?? '/', response).catch(() => end(response, 500, 'text/plain', ''))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...headers, 'content-type': `${type}; charset=utf-8` }).end(body)
}

async function answer(box: Letterbox, url: string, response: ServerResponse): Promise<void> {
  const [, plastic] = /^\/(pls_[0-9A-Z]{26})\.svg$/.exec(url) ?? []
  if (plastic !== undefined) {
    const picture = await box.picture(plastic)
    if (picture !== undefined) return end(response, 200, 'image/svg+xml', picture)
  }
  if (url !== '/') return end(response, 404, 'text/plain', 'There is no such letter.')
  const cards = (await box.letters()).map(
    (one) => `<li><img src="/${one}.svg" alt="Plastic card" width="428" height="560"></li>`,
  )
  const body = cards.length === 0 ? '<p>No letter has come yet.</p>' : `<ul>${cards.join('')}</ul>`
  end(response, 200, 'text/html', page(body))
}

const page = (body: string): string =>
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Letterbox (simulator)</title>' +
  `<meta name="viewport" content="width=device-width"><h1>Letterbox (simulator)</h1>${body}</html>`
