// How much memory it takes to write a batch of 50,000 calls and to read its answers. Usage: npm run bench batches
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { OpenBatchFile } from '../dist/workflow/batches/batch-file.js'
import { fetchResults, readIds, readResults } from '../dist/workflow/batches/batch-results.js'
import { createOpenAIBatches } from '../dist/workflow/batches/openai-batches.js'

const lines = 50_000
const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
const words = 'A prompt of some two thousand characters, as instructions with an example have. '.repeat(25)
const source = join(directory, 'source.jsonl')
let most = 0
const timer = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
}, 5)
const before = process.memoryUsage.rss()

/** A provider whose files are on this disk. */
const http = {
  json: async () => ({ id: 'batch', status: 'completed', output_file_id: 'out' }),
  url: (path) => path,
  fetch: async () => new Response(Readable.toWeb(createReadStream(source))),
}
const service = createOpenAIBatches({ http, endpoint: '/v1/chat/completions' })

const startedAt = performance.now()
const file = new OpenBatchFile(join(directory, 'requests.jsonl'), service)
for (let index = 0; index < lines; index += 1) {
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: `${index} ${words}` }] })
  file.add(`c-${index}`, service.line(`c-${index}`, body))
  if (index % 1_000 === 0) await new Promise((done) => setImmediate(done))
}
file.close()
const writtenAt = performance.now()
const text = []
for (let index = 0; index < lines; index += 1) {
  const body = { id: `m-${index}`, choices: [{ message: { content: words.slice(0, 600) } }] }
  text.push(
    JSON.stringify({ id: `l-${index}`, custom_id: `c-${index}`, response: { status_code: 200, body }, error: null }),
  )
  if (text.length === 1_000) writeFileSync(source, `${text.splice(0).join('\n')}\n`, { flag: 'a' })
}
const madeAt = performance.now()
await fetchResults(service, { providerId: 'batch', path: join(directory, 'results.jsonl') })
let read = 0
for await (const { answer } of readResults(service, join(directory, 'results.jsonl')))
  if (answer.status === 200) read += 1
const ids = (await readIds(join(directory, 'requests.jsonl'))).length
const readAt = performance.now()
clearInterval(timer)
most = Math.max(most, process.memoryUsage.rss())
rmSync(directory, { recursive: true })
const seconds = (from, to) => ((to - from) / 1000).toFixed(1)
console.log(
  `${lines.toLocaleString('en')} calls, ${(file.bytes / 1e6).toFixed(0)} MB: written in ${seconds(startedAt, writtenAt)} s`,
)
console.log(
  `${read.toLocaleString('en')} answers fetched and read in ${seconds(madeAt, readAt)} s, ${ids.toLocaleString('en')} ids found again`,
)
console.log(
  `memory   ${((most - before) / 1e6).toFixed(0)} MB more than before, ${(most / 1e6).toFixed(0)} MB in all (goal: under 200 MB)`,
)
