// What the tap adds to a request to a local server: CPU of this process per request with the tap and without it, for a JSON
// answer and for a stream of 500 chunks. The server runs in a process of its own.
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { MetadataCollector, trackFetch } from '../dist/index.js'
import { runInScope } from '../dist/runtime/scope.js'

const rounds = 7
const requests = { json: 400, stream: 60 }
const chunks = 500

if (process.env.SYGRA_BENCH_SERVER) serve()
else await measureAll()

async function measureAll() {
  const server = fork(fileURLToPath(import.meta.url), { env: { ...process.env, SYGRA_BENCH_SERVER: '1' } })
  const port = await new Promise((resolve) => server.once('message', resolve))
  const url = `http://127.0.0.1:${port}/v1/chat/completions`
  try {
    for (const kind of ['json', 'stream']) await compare(kind, url)
  } finally {
    server.kill()
  }
}

async function compare(kind, url) {
  const bare = globalThis.fetch
  const tapped = trackFetch(globalThis.fetch)
  const scope = { collector: new MetadataCollector(), node: 'bench' }
  const measure = (fetch) => runInScope(scope, () => cpuPerRequest(fetch, kind, url))
  await measure(bare)
  await measure(tapped)
  const ratios = []
  const added = []
  // Turn by turn, so that a slow minute of the machine slows both.
  for (let round = 0; round < rounds; round += 1) {
    const without = await measure(bare)
    const withTap = await measure(tapped)
    ratios.push(withTap / without)
    added.push(withTap - without)
  }
  console.log(
    `${kind.padEnd(6)} ${median(ratios).toFixed(2)} times the CPU of a bare fetch, ${median(added).toFixed(0)} µs added a request`,
  )
}

async function cpuPerRequest(fetch, kind, url) {
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'x'.repeat(2_000) }],
    ...(kind === 'stream' ? { stream: true, stream_options: { include_usage: true } } : {}),
  })
  const count = requests[kind]
  const started = process.cpuUsage()
  for (let index = 0; index < count; index += 1) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (kind === 'json') await response.json()
    else for await (const _ of response.body);
  }
  const { user, system } = process.cpuUsage(started)
  return (user + system) / count
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function serve() {
  const usage = { prompt_tokens: 440, completion_tokens: 500, total_tokens: 940 }
  const head = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini-2024-07-18' }
  const message = { role: 'assistant', content: 'word '.repeat(chunks) }
  const whole = JSON.stringify({ ...head, choices: [{ index: 0, message, finish_reason: 'stop' }], usage })
  const chunk = `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: { content: 'word ' }, finish_reason: null }] })}\n\n`
  const last = `data: ${JSON.stringify({ ...head, choices: [], usage })}\n\ndata: [DONE]\n\n`
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    // Each chunk in a write of its own, as a model sends them.
    for (let index = 0; index < chunks; index += 1) {
      response.write(chunk)
      if (index % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
    }
    response.end(last)
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
}
