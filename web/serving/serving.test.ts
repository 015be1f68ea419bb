/**
 * Goal: what is served is what was built, under a policy that lets nothing else run.
 * Method: a small page in a temporary folder; alter, add and remove a file; read the headers.
 */
import assert from 'node:assert/strict'
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { integrityOf } from './files.ts'
import { contentSecurityPolicy, createPageServer, FilesError, loadFiles } from './serving.ts'

const html = '<!doctype html><title>a page</title>'
const code = `export const words = '${'x'.repeat(2000)}'`

async function withPage(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-page-'))
  try {
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), html)
    await writeFile(join(folder, 'assets/main-1a2b.js'), code)
    const list = {
      '/assets/main-1a2b.js': integrityOf(Buffer.from(code)),
      '/index.html': integrityOf(Buffer.from(html)),
    }
    await writeFile(join(folder, 'files.json'), JSON.stringify(list))
    await body(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const refusedAs = (code: FilesError['code']) => (error: unknown) =>
  error instanceof FilesError && error.code === code

describe('files', () => {
  test('an altered file stops the start', () =>
    withPage(async (folder) => {
      await appendFile(join(folder, 'assets/main-1a2b.js'), ' ')
      await assert.rejects(loadFiles(folder), refusedAs('file_altered'))
    }))

  test('a file that is not of the build stops the start', () =>
    withPage(async (folder) => {
      await writeFile(join(folder, 'assets/other.js'), '')
      await assert.rejects(loadFiles(folder), refusedAs('file_unlisted'))
    }))

  test('a missing file stops the start', () =>
    withPage(async (folder) => {
      await rm(join(folder, 'index.html'))
      await assert.rejects(loadFiles(folder), refusedAs('file_altered'))
    }))

  test('what is altered after the start is not served', () =>
    withPage(async (folder) => {
      const server = await serverOf(folder)
      await writeFile(join(folder, 'index.html'), 'altered')
      assert.equal((await server.inject('/')).body, html)
    }))
})

const serverOf = async (folder: string) =>
  createPageServer({
    files: await loadFiles(folder),
    policy: { connect: ['http://api.localhost:1'] },
    views: ['/', '/pay'],
    config: { api_origin: 'http://api.localhost:1' },
  })

describe('answers', () => {
  test('every answer carries the policy, a refusal too', () =>
    withPage(async (folder) => {
      const server = await serverOf(folder)
      for (const path of ['/', '/pay', '/assets/main-1a2b.js', '/nothing', '/config.json']) {
        const { headers } = await server.inject(path)
        const policy = String(headers['content-security-policy'])
        assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
        assert.match(policy, /connect-src 'self' http:\/\/api\.localhost:1;/)
        assert.equal(headers['x-content-type-options'], 'nosniff')
        assert.equal(headers['x-frame-options'], 'DENY')
        assert.match(policy, /frame-ancestors 'none'/)
        assert.equal(headers['referrer-policy'], 'no-referrer')
        assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
      }
    }))

  test('only a file that carries its hash is kept for ever', () =>
    withPage(async (folder) => {
      const server = await serverOf(folder)
      const kept = async (path: string) => (await server.inject(path)).headers['cache-control']
      assert.match(String(await kept('/assets/main-1a2b.js')), /immutable/)
      assert.equal(await kept('/'), 'no-cache')
      assert.equal(await kept('/config.json'), 'no-cache')
    }))

  test('a path that is neither file nor view is not found', () =>
    withPage(async (folder) => {
      const server = await serverOf(folder)
      for (const path of ['/nothing', '/../package.json', '/assets/', '/pay/'])
        assert.equal((await server.inject(path)).statusCode, 404)
    }))

  test('a script travels zipped to who understands it', () =>
    withPage(async (folder) => {
      const server = await serverOf(folder)
      const headers = { 'accept-encoding': 'gzip, br' }
      const zipped = await server.inject({ url: '/assets/main-1a2b.js', headers })
      assert.equal(zipped.headers['content-encoding'], 'gzip')
      assert.equal((await server.inject('/assets/main-1a2b.js')).body, code)
    }))
})

test('the policy allows nothing inline and nobody else', () => {
  const policy = contentSecurityPolicy({})
  assert.doesNotMatch(policy, /unsafe|\*|https?:/)
})
