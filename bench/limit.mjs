// How far a run passes --max-cost, at several concurrencies, on a simulated provider that answers in about 20 ms.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator, Workflow } from '../dist/index.js'

const limitUsd = 0.02
const records = 1_000
const concurrencies = [1, 25, 200]

const simulator = await startSimulator({ timeScale: 0.03, answerTokens: 80 })
const ask = (parameters) => (graph) => {
  const model = { name: 'gpt-4o-mini', parameters }
  graph.addLLMNode('write', model).userMessage('Write about {text}.').outputKeys('draft')
  graph.addLLMNode('review', model).userMessage('Review: {draft}').outputKeys('review')
}
const foreign = (graph) => {
  for (const name of ['write', 'review']) graph.addLambdaNode(name, callForeign)
}
const ways = [
  ['own nodes, max_tokens set', ask({ max_tokens: 200 })],
  ['own nodes, no max_tokens', ask({})],
  ['a lambda with fetch', foreign],
]

console.log(`limit $${limitUsd}; each record is two requests of about $0.00006`)
console.log('way                        at once     spent    passed by   lost in half-done records')
for (const [name, build] of ways) {
  for (const batchSize of concurrencies) console.log(await measure(name, build, batchSize))
}
await simulator.close()

async function measure(name, build, batchSize) {
  const outputDir = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
  try {
    const graph = new Workflow('bench')
    graph.source(Array.from({ length: records }, (_, id) => ({ id, text: `subject number ${id}` })))
    build(graph)
    graph.addEdge('START', 'write').addEdge('write', 'review').addEdge('review', 'END')
    let inDone = 0
    const onEvent = (event) => {
      if (event.type === 'record-end') inDone += event.costPicodollars / 1e12
    }
    const options = { outputDir, batchSize, maxCostUsd: limitUsd, keepRecords: false, ledger: false, onEvent }
    const { status, metadata } = await graph.run({ ...options, simulate: simulator.url })
    if (status !== 'interrupted') throw new Error(`${name}: the limit was not reached`)
    const spent = metadata.aggregate_statistics.cost.total_cost_usd
    const over = Math.max(0, spent - limitUsd)
    if (over > 0 && name.includes('max_tokens set')) process.exitCode = 1
    return [
      name.padEnd(25),
      String(batchSize).padStart(8),
      `$${spent.toFixed(6)}`.padStart(11),
      percent(over).padStart(11),
      percent(Math.max(0, spent - inDone)).padStart(20),
    ].join(' ')
  } finally {
    rmSync(outputDir, { recursive: true, force: true })
  }
}

function percent(usd) {
  return `${((usd / limitUsd) * 100).toFixed(2)} %`
}

async function callForeign({ id }, _node, { signal }) {
  const messages = [{ role: 'user', content: `Write about subject number ${id}.` }]
  const response = await fetch(`${simulator.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages }),
    signal,
  })
  await response.json()
  return { [`answer_${id}`]: true }
}
