/**
 * Loads something. What is loaded leaves names on `globalThis`, as zod does, and files in `require.cache`: a test runner that looks for leaked
 * names, or a program that loads its own files anew, must not find them.
 */
export function withoutTraces<Result>({ cache }: NodeJS.Require, load: () => Result): Result {
  const [names, files] = [new Set(Object.keys(globalThis)), new Set(Object.keys(cache))]
  const result = load()
  for (const name of Object.keys(globalThis)) {
    if (!names.has(name)) Object.defineProperty(globalThis, name, { enumerable: false })
  }
  for (const file of Object.keys(cache)) if (!files.has(file)) Reflect.deleteProperty(cache, file)
  return result
}
