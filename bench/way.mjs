// way: how many of our functions one answer passes from fetch to its line in the ledger.
//
// A process that is watched as by `--import sygra/register` asks a local server. After a few calls, when everything is
// loaded and compiled, V8 counts which functions of the package one more call runs: fetch(), response.json(), and the write
// of the line. No time is measured, so the figure is the same on any machine, busy or not.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const maxFunctions = 80
const maxFiles = 20
const dist = new URL('../dist/', import.meta.url).href

const answer = JSON.stringify({
  id: 'chatcmpl-1',
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 },
})
const server = createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(answer))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const folder = mkdtempSync(join(tmpdir(), 'sygra-way-'))
process.env.SYGRA_OUTPUT_DIR = folder
await import('../dist/instrument/register.js')
const url = `http://127.0.0.1:${server.address().port}/v1/chat/completions`
const init = {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
  body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
}
const ask = async () => (await fetch(url, init)).json()
// Calls that come close together are written together: each is to be one by itself.
const pause = () => new Promise((resolve) => setTimeout(resolve, 50))
for (let call = 0; call < 5; call += 1) {
  await ask()
  await pause()
}

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
await session.post('Profiler.takePreciseCoverage')
const before = lines()
await ask()
await pause()
const { result } = await session.post('Profiler.takePreciseCoverage')
const written = lines() - before
session.disconnect()

const files = new Map()
for (const { url: file, functions } of result) {
  if (!file.startsWith(dist)) continue
  const sourceAt = sourceFinder(fileURLToPath(file))
  for (const { functionName, ranges } of functions) {
    if (functionName === '' || ranges[0].count === 0) continue
    const source = sourceAt(ranges[0].startOffset)
    files.set(source, [...(files.get(source) ?? []), functionName])
  }
}
const count = [...files.values()].reduce((sum, names) => sum + names.length, 0)
if (process.argv.includes('--names')) for (const [file, names] of files) console.log(`${file}: ${names.join(', ')}`)
console.log(
  `way: ${count} functions in ${files.size} files, for ${written} lines of the ledger (at most ${maxFunctions} in ${maxFiles})`,
)
server.closeAllConnections()
server.close()
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Which file of src stands at a place of a chunk: the bundler writes its name in front of it. */
function sourceFinder(chunk) {
  const text = readFileSync(chunk, 'utf8')
  const starts = [...text.matchAll(/^\/\/(?:#region)? ?(src\/.*\.ts)$/gm)].map(({ index, 1: name }) => ({
    index,
    name,
  }))
  return (offset) => starts.findLast(({ index }) => index <= offset)?.name ?? chunk
}

function lines() {
  const metadata = join(folder, 'metadata')
  const ledger = readdirSync(metadata).find((name) => name.startsWith('ledger_'))
  return ledger === undefined ? 0 : readFileSync(join(metadata, ledger), 'utf8').split('\n').length - 1
}
