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
print('sygra', ours, 'output, ledger and metadata written')
print('LangGraph', theirs, 'nothing written or tracked')
console.log(`ratio      ${(theirs.wall / ours.wall).toFixed(1)} times as many records a second (goal: 50)`)
console.log(`           ${(theirs.processor / ours.processor).toFixed(1)} times by the time of the processor`)

function print(name, { wall, processor, grownMegabytes }, what) {
  const speed = `${wall.toFixed(1)} µs a record (${Math.round(1e6 / wall).toLocaleString('en')} records/s)`
  const memory = `${grownMegabytes.toFixed(0)} MB more than before`
  console.log(`${name.padEnd(10)} ${speed}, ${processor.toFixed(1)} µs of the processor, ${memory}; ${what}`)
}

/** Microseconds a record, by the clock and of the processor, and how much memory the process has grown by. */
async function measured(count, run) {
  globalThis.gc?.()
  const memory = process.memoryUsage.rss()
  const processor = process.cpuUsage()
  const started = performance.now()
  await run(count)
  const wall = ((performance.now() - started) * 1000) / count
  const { user, system } = process.cpuUsage(processor)
  return { wall, processor: (user + system) / count, grownMegabytes: (process.memoryUsage.rss() - memory) / 1e6 }
}

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
    return await measured(count, run)
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
  return measured(count, run)
}
