/**
 * Loaded before a program of this clone (NODE_OPTIONS, from cli/bootstrap.cjs; it lies beside what
 * joined.ts made): where our code names a package that was joined, its one file is loaded. Others'
 * code, and an older Node.js that has no such hooks, find every package as npm laid it.
 */
'use strict'
const module_ = require('node:module')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

/** Names of packages with the files beside this one. */
const list = require('./list.json')
const files = new Map(
  Object.entries(list).map(([name, file]) => [name, pathToFileURL(join(__dirname, file)).href]),
)
// node_modules/.cache/joined-…/joined.cjs
const root = pathToFileURL(join(__dirname, '..', '..', '..', '/')).href
const isOurs = (url = '') => url.startsWith(root) && !url.includes('/node_modules/')

module_.registerHooks?.({
  resolve: (name, context, next) => {
    const url = files.get(name)
    return url === undefined || !isOurs(context.parentURL)
      ? next(name, context)
      : { url, format: 'module', shortCircuit: true }
  },
})
