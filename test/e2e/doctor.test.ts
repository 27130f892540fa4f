import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeFinding } from '../../src/cli/doctor.ts'
import { runCliInShared } from '../helpers/run-cli.ts'

let directory = ''
let server: Server
let url = ''
const seen: (string | undefined)[] = []

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-doctor-'))
  seen.length = 0
  server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(401).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
  server.close()
})

const key = 'sk-proj-0123456789abcdefABCDEF'

/** The findings by what they are of. */
async function examined(environment: NodeJS.ProcessEnv, args: readonly string[] = []) {
  const { code, stdout, stderr } = await runCliInShared(['doctor', '--json', ...args], { directory, environment })
  const findings: unknown = JSON.parse(stdout)
  return { code, findings, text: stdout + stderr }
}

test('a healthy project has its keys by name, its models and endpoints that answer, and no secret is printed or sent', async () => {
  writeFileSync(join(directory, '.env'), `SYGRA_OWN_TOKEN=${key}\n`)
  writeFileSync(join(directory, 'models.yaml'), `own:\n  model_type: openai_compatible\n  url: ${url}\n`)
  const { code, findings, text } = await examined({ OPENAI_API_KEY: key, OPENAI_BASE_URL: url })
  expect(code).toBe(0)
  expect(findings).toEqual(
    expect.arrayContaining([
      { what: 'keys', state: 'ok', found: 'OPENAI_API_KEY, SYGRA_OWN_TOKEN' },
      { what: 'model own', state: 'ok', found: `openai_compatible: ${url}, key in SYGRA_OWN_TOKEN` },
      { what: `endpoint ${url}`, state: 'ok', found: expect.stringContaining('401 without a key') },
      { what: 'Node', state: 'ok', found: process.versions.node },
    ]),
  )
  expect(text).not.toContain(key.slice(3, 12))
  // One address, asked once, without a key.
  expect(seen).toEqual([undefined])
})

test('what is missing is said with what to do, and the exit code is 1', async () => {
  writeFileSync(join(directory, 'models.yaml'), 'own:\n  model_type: anthropic\n')
  writeFileSync(join(directory, 'prices.yaml'), 'models: 7\n')
  server.close()
  const { code, findings } = await examined({
    OPENAI_API_KEY: key,
    OPENAI_BASE_URL: url.replace('http://', 'http://user:pass-word@'),
    SYGRA_DISABLE_METADATA: '1',
  })
  expect(code).toBe(1)
  expect(findings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ what: 'model own', state: 'bad', found: expect.stringContaining('ANTHROPIC_API_KEY') }),
      expect.objectContaining({ what: 'prices', state: 'bad', remedy: expect.stringContaining('Mend') }),
      expect.objectContaining({ what: `endpoint ${url}`, state: 'bad', remedy: expect.any(String) }),
      expect.objectContaining({ what: 'metadata', state: 'warning' }),
    ]),
  )
  expect(JSON.stringify(findings)).not.toContain('pass-word')
})

test('--offline asks nobody', async () => {
  const { findings } = await examined({ OPENAI_API_KEY: key, OPENAI_BASE_URL: url }, ['--offline'])
  expect(seen).toEqual([])
  expect(JSON.stringify(findings)).not.toContain('endpoint')
})

test('Node before 20.19 is too old', () => {
  expect(nodeFinding('20.18.3').state).toBe('bad')
  expect(nodeFinding('18.20.0').state).toBe('bad')
  expect(nodeFinding('20.19.0').state).toBe('ok')
  expect(nodeFinding('24.1.0').state).toBe('ok')
})
