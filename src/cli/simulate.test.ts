import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { simulateCommand } from './simulate.ts'

const jiti = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url))
const main = fileURLToPath(new URL('main.ts', import.meta.url))

let directory = ''
const started: ChildProcess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-simulate-'))
})

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true })
})

/** Starts the command in a process of its own; done when it says where it listens. */
async function start(...options: string[]): Promise<{ url: string; child: ChildProcess; lines: string[] }> {
  const child = spawn(process.execPath, [jiti, main, 'simulate', ...options], { cwd: directory })
  started.push(child)
  const lines: string[] = []
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const url = /http:\S+(?=;)/.exec(line)?.[0]
      if (url !== undefined) resolve({ url, child, lines })
    })
  })
}

function post(url: string): Promise<Response> {
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] })
  return fetch(`${url}/chat/completions`, { method: 'POST', body })
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the command serves until %s, with its answers and its log',
  async (signal) => {
    writeFileSync(
      join(directory, 'canned.ts'),
      'export const answer = (request: { model: string }) => `I am ${request.model}`\n',
    )
    const { url, child, lines } = await start('--time-scale', '0', '--answers', 'canned.ts', '--log', 'served.jsonl')
    const answer = await (await post(url)).json()
    expect(answer).toMatchObject({ choices: [{ message: { content: 'I am gpt-4o' } }] })
    // The line is there before the answer is, so nothing has to be waited for.
    const [entry] = readFileSync(join(directory, 'served.jsonl'), 'utf8').trimEnd().split('\n')
    expect(JSON.parse(entry ?? '')).toMatchObject({ index: 0, status: 200, model: 'gpt-4o', isUsageSent: true })
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill(signal)
    expect(await ended).toBe(0)
    expect(lines.join('\n')).toContain(`OPENAI_BASE_URL=${url} OPENAI_API_KEY=simulated`)
    expect(lines.at(-1)).toBe('Served 1 attempt.')
  },
)

const parse = (...options: string[]) =>
  simulateCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(options, { from: 'user' })

test.each([
  [['--rate-limit-rate', '1.4'], /--rate-limit-rate.*1\.4.*<=1/],
  [['--latency', 'fast'], /--latency.*fast.*expected a number/],
  [['--seed', '1.5'], /--seed.*1\.5.*int/],
  [['--rate-limit-rate', '0.6', '--drop-rate', '0.6'], /add up to more than 1/],
  [['--port', '70000'], /port.*65535.*70000/],
  [['--log', 'no/such/folder/log'], /--log: .*cannot be written/],
  [['--answers', 'no-such-file.ts'], /--answers: .*no-such-file\.ts does not exist/],
])('%j is refused with the option and the reason', async (options, message) => {
  await expect(parse(...options)).rejects.toThrow(message)
})
