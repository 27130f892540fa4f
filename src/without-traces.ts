import fs from 'node:fs'
import module, { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { URL } from './platform.ts'

// As they were when we were loaded. Node 20 has no such hooks.
const { readFileSync } = fs
const registerHooks: unknown = Reflect.get(module, 'registerHooks')
const compile: unknown = Reflect.get(module.prototype, '_compile')

/**
 * Requires an ES module, or a `.cjs` file, so that the program does not notice. What is loaded leaves names on `globalThis`, as zod does, and
 * files in `require.cache`: a test runner that looks for leaked names, or a program that loads its own files anew, must not
 * find them. And what a program has set to compile its own files, as tsx does, is not asked about ours: it would hold the
 * program for a second.
 */
export function withoutTraces<Result>({ cache, extensions }: NodeJS.Require, load: () => Result): Result {
  const [names, files] = [new Set(Object.keys(globalThis)), new Set(Object.keys(cache))]
  const undo = [standBeforeHooks(), standBeforeExtension(extensions)]
  try {
    return load()
  } finally {
    for (const step of undo) step()
    for (const name of Object.keys(globalThis)) {
      if (!names.has(name)) Object.defineProperty(globalThis, name, { enumerable: false })
    }
    for (const file of Object.keys(cache)) if (!files.has(file)) Reflect.deleteProperty(cache, file)
  }
}

type Next<Context> = (name: string, context: Context) => unknown

/** Answers in the place of the program's hooks for imports what can be answered without them; gives what ends it. */
function standBeforeHooks(): () => void {
  if (typeof registerHooks !== 'function') return () => {}
  // Files that are known to be modules, as the first is, and so are the files beside them that they name.
  const modules = new Set<string>()
  const resolve = (name: string, context: { readonly parentURL?: string }, next: Next<typeof context>): unknown => {
    if (isBuiltin(name)) {
      return { url: name.startsWith('node:') ? name : `node:${name}`, format: 'builtin', shortCircuit: true }
    }
    const from = context.parentURL
    const isKnown = from !== undefined && (modules.size === 0 || modules.has(from))
    if (!isKnown || !/^\.\.?\/.*\.m?js$/.test(name)) return next(name, context)
    return { url: new URL(name, from).href, format: 'module', shortCircuit: true }
  }
  const load = (url: string, context: { readonly format?: string | null }, next: Next<typeof context>): unknown => {
    if (context.format === 'builtin') return { format: 'builtin', shortCircuit: true }
    if (context.format !== 'module' || !url.startsWith('file:')) return next(url, context)
    modules.add(url)
    return { format: 'module', source: readFileSync(fileURLToPath(url)), shortCircuit: true }
  }
  // Hooks that were registered last are asked first.
  const hooks: { deregister(): void } = Reflect.apply(registerHooks, module, [{ resolve, load }])
  return () => hooks.deregister()
}

/** Compiles the file that is required first in the place of what the program has set for `require`; gives what ends it. */
function standBeforeExtension(extensions: NodeJS.Require['extensions']): () => void {
  const before = extensions['.js']
  if (before === undefined || typeof compile !== 'function') return () => {}
  const restore = () => Reflect.set(extensions, '.js', before)
  const readFile = (target: NodeJS.Module, file: string) => {
    restore()
    const format = file.endsWith('.cjs') ? 'commonjs' : 'module'
    Reflect.apply(compile, target, [readFileSync(file, 'utf8'), file, format])
  }
  Reflect.set(extensions, '.js', readFile)
  return restore
}
