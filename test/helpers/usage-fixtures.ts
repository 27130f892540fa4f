import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One answer of a provider, and what it must be read as. */
export interface UsageFixture {
  /** Such as `openai-chat/cached.json`. */
  readonly name: string
  readonly body: Uint8Array
  readonly expected: ExpectedUsage
}

/** What stands beside an answer, in `<case>.expected.json`. */
export interface ExpectedUsage {
  readonly url: string
  readonly requestBody?: unknown
  /** What was asked for; undefined where only the model tells. */
  readonly operation?: string
  readonly headers: Readonly<Record<string, string>>
  readonly framing: string
  readonly format: string
  readonly provider?: string
  readonly request: Readonly<Record<string, unknown>>
  readonly facts: Readonly<Record<string, unknown>>
}

const root = fileURLToPath(new URL('../fixtures/usage/', import.meta.url))
const endings = ['json', 'sse', 'ndjson', 'bin', 'html']

/** All fixtures, in the order of their names. */
export function usageFixtures(): UsageFixture[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.expected.json'))
    .sort()
    .map(readFixture)
}

/** The path of the fixtures' folder. */
export const usageFixturesPath = root

function readFixture(path: string): UsageFixture {
  const stem = path.slice(0, -'.expected.json'.length)
  const ending = endings.find((candidate) => existsSync(join(root, `${stem}.${candidate}`)))
  if (ending === undefined) throw new Error(`${path}: there is no answer beside it`)
  const name = `${stem}.${ending}`
  const expected: ExpectedUsage = JSON.parse(readFileSync(join(root, path), 'utf8'))
  return { name, body: new Uint8Array(readFileSync(join(root, name))), expected }
}
