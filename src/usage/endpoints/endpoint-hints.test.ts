import { expect, test } from 'vitest'
import { wireFormats } from '../registry.ts'
import { gatewayHosts } from './gateways.ts'

// After a change of a format: npx vitest run src/usage/endpoints/endpoint-hints.test.ts -u
test('the quick look knows what the formats know', async () => {
  await expect(hintsOf()).toMatchFileSnapshot('endpoint-hints.ts')
})

function hintsOf(): string {
  const endpoints = wireFormats.flatMap((format) => format.endpoints)
  const paths = endpoints.filter(({ method }) => method !== 'GET').map(({ path }) => path)
  const results = endpoints.filter(({ method, isList }) => method === 'GET' && !isList).map(({ path }) => path)
  const lists = endpoints.filter(({ isList }) => isList).map(({ path }) => path)
  const hosts = [...gatewayHosts, ...wireFormats.flatMap(({ hosts: own = [] }) => own)]
  // A part that names a model says nothing; what stands before it is for the format to look at.
  const parts = paths.map((path) => path.slice(path.lastIndexOf('/') + 1))
  const hints = {
    lastParts: parts.filter((part) => part !== '' && !part.includes('{')),
    methods: parts.filter((part) => part.includes(':')).map((part) => part.slice(part.lastIndexOf(':') + 1)),
    // What stands before the name of the work that a GET asks for.
    resultOwners: results.map((path) => path.slice(0, path.lastIndexOf('/{')).split('/').at(-1) ?? ''),
    resultLists: lists.map((path) => path.slice(path.lastIndexOf('/') + 1)),
    hostEnds: hosts.map(({ end }) => end?.replace(/^[.-]/, '')).filter((end) => end !== undefined),
    hostTexts: hosts.map(({ containing }) => containing?.text).filter((text) => text !== undefined),
  }
  return [
    '// What the quick look at a URL knows of all formats: made by endpoint-hints.test.ts, which says how.',
    ...Object.entries(hints).map(([name, values]) => listOf(name, values)),
  ]
    .join('\n\n')
    .concat('\n')
}

function listOf(name: string, values: readonly string[]): string {
  const written = [...new Set(values)].sort().map((value) => `'${value}'`)
  const line = `export const ${name}: readonly string[] = [${written.join(', ')}]`
  if (line.length <= 120) return line
  return `export const ${name}: readonly string[] = [\n${written.map((value) => `  ${value},`).join('\n')}\n]`
}
