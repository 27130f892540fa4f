import { basename } from 'node:path'
import { runtimeOf } from '../runtime/other-runtime.ts'

const advice: Readonly<Record<string, string>> = {
  bun: 'Bun does not read NODE_OPTIONS: run the program with node, or give its client fetch: trackFetch(fetch) and call saveMetadata() at its end (docs/integrations.md).',
  deno: 'Deno does not read NODE_OPTIONS: run the program with node, or give its client fetch: trackFetch(fetch) and call saveMetadata() at its end (docs/integrations.md).',
  python: 'Python cannot be watched by this package: SyGra for Python keeps the same account of its own runs.',
}

/** What to say of a program that runs on something else than Node, which is not watched; undefined for any other. */
export function otherRuntimeNote([program = '', ...args]: readonly string[]): string | undefined {
  const name =
    runtimeOf(program) ?? (isRunner(program) ? args.map(runtimeOf).find((found) => found !== undefined) : undefined)
  return name === undefined
    ? undefined
    : `sygra: ${name} is not Node, so its calls to models are not seen. ${advice[name]}\n`
}

/** Programs that do no more than start another one. */
function isRunner(program: string): boolean {
  return /^(env|nice|time|timeout|nohup|npx|npm|pnpm|yarn|dotenv)$/.test(basename(program))
}
