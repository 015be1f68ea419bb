/**
 * Packs the SDK for npm: compiles it with what it uses of `protocol` and `crypto` to plain ES
 * modules and types for Node.js 20 and newer, and writes `warifu-sdk-<version>.tgz` where told.
 */
import { execFile } from 'node:child_process'
import { cp, glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = import.meta.dirname
const house = resolve(here, '..')

type Manifest = {
  readonly version: string
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** The doors of the package; what is not named is its inside. */
const doors = ['api-call', 'webhook', 'webhook-routes', 'communication-module']

async function readManifest(path: string): Promise<Manifest> {
  // Written by us, beside this file.
  return JSON.parse(await readFile(path, 'utf8')) as Manifest
}

async function manifestOf(): Promise<object> {
  const sdk = await readManifest(join(house, 'sdk', 'package.json'))
  const crypto = await readManifest(join(house, 'crypto', 'package.json'))
  const own = Object.entries(sdk.dependencies).filter(([name]) => !name.startsWith('@warifu/'))
  const { serialport, ...dependencies } = Object.fromEntries(own)
  const entry = (name: string) => ({ types: `./sdk/${name}.d.ts`, default: `./sdk/${name}.js` })
  return {
    name: '@warifu/sdk',
    version: sdk.version,
    description: 'Take payments with Warifu: typed client, webhooks, entry devices.',
    license: sdk.license,
    type: 'module',
    engines: { node: '>=20.11' },
    exports: {
      '.': entry('sdk'),
      ...Object.fromEntries(doors.map((name) => [`./${name}`, entry(name)])),
    },
    dependencies: { ...dependencies, ...crypto.dependencies },
    // A till with a serial line brings it; nobody else needs a native module.
    peerDependencies: { serialport },
    peerDependenciesMeta: { serialport: { optional: true } },
  }
}

/** `@warifu/protocol/ids` as seen from a file of the package: `../protocol/ids.js`. */
async function pointInside(folder: string): Promise<void> {
  for await (const name of glob('**/*.{js,d.ts}', { cwd: folder })) {
    const path = join(folder, name)
    const text = await readFile(path, 'utf8')
    const inside = (zone: string, file: string) => {
      const to = relative(dirname(path), join(folder, zone, `${file}.js`))
      return to.startsWith('.') ? to : `./${to}`
    }
    const pointed = text
      .replace(/(['"])@warifu\/(protocol|crypto)\/([a-z0-9-]+)\1/g, (_, mark, zone, file) =>
        [mark, inside(zone, file), mark].join(''),
      )
      .replace(/(from\s+|import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2')
    if (pointed !== text) await writeFile(path, pointed)
  }
}

export async function packSdk(target: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-sdk-'))
  try {
    const tsc = join(house, 'node_modules', '.bin', 'tsc')
    await run(tsc, ['-p', join(here, 'pack.tsconfig.json'), '--outDir', folder], { cwd: house })
    await pointInside(folder)
    await writeFile(join(folder, 'package.json'), JSON.stringify(await manifestOf(), null, 2))
    for (const name of ['sdk/README.md', 'LICENSE'])
      await cp(join(house, name), join(folder, name.replace('sdk/', '')))
    const packed = await run('npm', ['pack', '--silent', '--pack-destination', target], {
      cwd: folder,
    })
    return join(target, packed.stdout.trim())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
