// Records per second of a workflow of three trivial nodes, metadata on, against the same graph in LangGraph.js.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import { Workflow } from '../dist/index.js'

const records = 20_000
const langGraphRecords = 1_000
const concurrency = 25
const names = ['first', 'second', 'third']
const step = async ({ n }) => ({ n: n + 1 })

const ours = await measureWorkflow(records)
const theirs = await measureLangGraph(langGraphRecords)
console.log(
  `sygra      ${ours.toFixed(1)} µs a record, output written and metadata on (${Math.round(1e6 / ours).toLocaleString('en')} records/s)`,
)
console.log(
  `LangGraph  ${theirs.toFixed(1)} µs a record, nothing written or tracked (${Math.round(1e6 / theirs).toLocaleString('en')} records/s)`,
)
console.log(`ratio      ${(theirs / ours).toFixed(1)} times as many records a second (goal: 50)`)

async function measureWorkflow(count) {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
  const run = async (size) => {
    const graph = new Workflow('bench')
    graph.source(Array.from({ length: size }, (_, n) => ({ id: n, n })))
    for (const name of names) graph.addLambdaNode(name, step)
    await graph.run({ outputDir: directory, batchSize: concurrency, keepRecords: false })
  }
  try {
    await run(2_000)
    const started = performance.now()
    await run(count)
    return ((performance.now() - started) * 1000) / count
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measureLangGraph(count) {
  const State = Annotation.Root({ n: Annotation() })
  const builder = new StateGraph(State)
  for (const name of names) builder.addNode(name, step)
  builder.addEdge(START, 'first').addEdge('first', 'second').addEdge('second', 'third').addEdge('third', END)
  const graph = builder.compile()
  const run = async (size) => {
    let next = 0
    const work = async () => {
      while (next < size) await graph.invoke({ n: next++ })
    }
    await Promise.all(Array.from({ length: concurrency }, work))
  }
  await run(200)
  const started = performance.now()
  await run(count)
  return ((performance.now() - started) * 1000) / count
}
