/**
 * Packages of hundreds of small files, each joined into one: to find and read the files one by one
 * took a third of every program's start. The code is the packages' own, in the versions of
 * package-lock.json; joined.cjs has programs load it.
 */
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from './build.ts'

const packages = [
  'typebox',
  'typebox/compile',
  'typebox/value',
  '@simplewebauthn/server',
  '@simplewebauthn/server/helpers',
  'libphonenumber-js',
  'mrz',
] as const

const entryOf = (name: string) => name.replaceAll(/\W/g, '-')
const list = Object.fromEntries(packages.map((name) => [name, `${entryOf(name)}.mjs`]))

/** Makes the folder, whole or not at all. */
export async function joinPackages(folder: string): Promise<void> {
  const { build } = await import('vite')
  await mkdir(dirname(folder), { recursive: true })
  const made = await mkdtemp(`${folder}-`)
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      minify: false,
      target: 'node24',
      outDir: made,
      rolldownOptions: {
        input: Object.fromEntries(packages.map((name) => [entryOf(name), name])),
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
  await writeFile(join(made, 'list.json'), JSON.stringify(list))
  await copyFile(join(import.meta.dirname, 'joined.cjs'), join(made, 'joined.cjs'))
  // For every user who may read the clone.
  await chmod(made, 0o755)
  // Another was quicker: its files are the same.
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }))
}
