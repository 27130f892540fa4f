import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../helpers/run-cli.ts'

/** Secrets of a function node: by form, by name, by place, and one that only the environment tells. */
const secrets = [
  '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',
  'AKIAQ2W3E4R5T6Y7U3I2',
  'hunter2-of-the-database',
  'value/of+a/signature',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  'a horse that nobody knows',
] as const

const message = (environmentKey: string) => `refused: {"error":{"message":"Incorrect API key ${secrets[0]}"}}
id ${secrets[1]}, postgres://admin:${secrets[2]}@db.example/main, https://host.example/c?sv=1&sig=${secrets[3]}&x=1
-----BEGIN PRIVATE KEY-----
${secrets[4]}
-----END PRIVATE KEY-----
sent with ${environmentKey}`

test('no secret of a failing function is in any file or output of a run, of show, of a report or of recover', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-secrets-'))
  const folder = join(directory, 'tasks/broken')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'data.jsonl'), '{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n')
  const code = `throw new Error(${JSON.stringify(message('KEY')).replace('KEY"', '" + process.env.PARTNER_API_KEY')})`
  writeFileSync(join(folder, 'task.ts'), `export function fail() { ${code} }\n`)
  writeFileSync(
    join(folder, 'graph_config.yaml'),
    `data_config: { id_column: id, source: { type: disk, file_path: data.jsonl } }
graph_config:
  nodes:
    ask: { node_type: llm, prompt: [{ user: "{text}" }], model: { name: gpt-4o-mini, parameters: { clientSecret: "${secrets[2]}", max_tokens: 77 } } }
    work: { node_type: lambda, lambda: "./task.ts#fail" }
  edges: [{ from: START, to: ask }, { from: ask, to: work }, { from: work, to: END }]
`,
  )
  const sources = new Set(['tasks/broken/task.ts', 'tasks/broken/graph_config.yaml'])
  const environment = { PARTNER_API_KEY: secrets[5] }
  const outputs: string[] = []
  for (const args of [
    ['run', '-t', 'broken', '--simulate'],
    ['run', '-t', 'broken', '--simulate', '--debug'],
    ['show'],
    ['runs'],
    ['recover'],
  ]) {
    const { stdout, stderr } = await runCli(args, { directory, environment })
    outputs.push(stdout, stderr)
  }
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !sources.has(path.slice(directory.length + 1)))
  if (process.platform !== 'win32') {
    const open = files.filter((path) => /output_|metadata_|ledger_/.test(path) && (statSync(path).mode & 0o077) !== 0)
    expect(open).toEqual([])
  }
  const written = files.map((path) => readFileSync(path, 'utf8'))
  // What is read is what it should be: the failures are there, with the rest of what they say.
  expect(files.some((path) => path.includes('_failed'))).toBe(true)
  expect(written.join('\n')).toContain('Incorrect API key [redacted]')
  expect(written.join('\n')).toContain('"max_tokens"')
  expect(outputs.join('\n')).toContain('[redacted]')
  for (const text of [...outputs, ...written]) for (const secret of secrets) expect(text).not.toContain(secret)
})
