// What the tap adds to a request to a local server: CPU of this process per request with the tap and without it, for a JSON
// answer and for a stream of 500 chunks. The server runs in a process of its own.
import { MetadataCollector, trackFetch } from '../dist/index.js'
import { runInScope } from '../dist/runtime/scope.js'
import { startChatServer } from './_start-chat-server.mjs'

const rounds = 7
const requests = { json: 400, stream: 60 }

const server = await startChatServer()
try {
  for (const kind of ['json', 'stream']) await compare(kind, `${server.url}/v1/chat/completions`)
} finally {
  server.stop()
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
