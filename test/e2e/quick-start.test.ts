import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DataSource, getMetadataCollector, Workflow } from '../../src/index.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'

let simulator: Simulator
beforeEach(async () => {
  simulator = await startSimulator({ timeScale: 0 })
  vi.stubEnv('OPENAI_BASE_URL', simulator.url)
  vi.stubEnv('OPENAI_API_KEY', 'key')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await simulator.close()
})

const outputDir = () => mkdtempSync(join(tmpdir(), 'sygra-quick-'))

function quickStart() {
  const graph = new Workflow('my_task')
  graph.source(DataSource.memory([{ text: 'Hello' }, { text: 'Good morning' }]))
  graph.addLLMNode('summarizer', 'gpt-4o-mini').systemMessage('Summarize').userMessage('{text}').outputKeys('summary')
  return graph
}

test('the quick start gives records, metadata and both files, with nothing configured', async () => {
  const directory = outputDir()
  const { records, metadata, outputPath, metadataPath } = await quickStart().run({
    numRecords: 10,
    outputWithTs: true,
    outputDir: directory,
  })
  expect(records).toHaveLength(2)
  expect(records[0]).toMatchObject({ text: 'Hello', summary: expect.any(String) })
  expect(JSON.parse(readFileSync(outputPath, 'utf8'))).toHaveLength(2)
  expect(dirname(metadataPath ?? '')).toBe(join(directory, 'metadata'))
  expect(metadata?.aggregate_statistics.requests.total_requests).toBe(2)
  expect(metadata?.models['gpt-4o-mini']?.model_type).toBe('OpenAI')
  expect(metadata?.nodes.summarizer).toMatchObject({ node_type: 'llm', model_name: 'gpt-4o-mini', total_executions: 2 })
  expect(metadata?.dataset).toMatchObject({ source_type: 'memory', num_records_processed: 2 })
})

test('the metadata of the run that was started last can be asked for', async () => {
  const { runId } = await quickStart().run({ outputDir: outputDir() })
  const summary = getMetadataCollector().getMetadataSummary()
  expect(summary.run_id).toBe(runId)
  expect(Object.keys(summary.models)).toEqual(['gpt-4o-mini'])
})

test('a run with metadata off writes none, and the next one does', async () => {
  const off = await quickStart().run({ outputDir: outputDir(), disableMetadata: true })
  expect(off).toMatchObject({ metadata: null, metadataPath: null })
  expect(existsSync(join(dirname(off.outputPath), 'metadata'))).toBe(false)
  const on = await quickStart().run({ outputDir: outputDir() })
  expect(existsSync(on.metadataPath ?? '')).toBe(true)
})

test('switching the collector off holds for all runs until it is switched on', async () => {
  getMetadataCollector().setEnabled(false)
  try {
    expect((await quickStart().run({ outputDir: outputDir() })).metadata).toBeNull()
  } finally {
    getMetadataCollector().setEnabled(true)
  }
  expect((await quickStart().run({ outputDir: outputDir() })).metadata).not.toBeNull()
})

test('two runs at once and one inside another keep their accounts apart', async () => {
  const outer = new Workflow('outer')
  outer.source(Array.from({ length: 20 }, (_, index) => ({ text: `outer ${index}` })))
  outer.addLLMNode('first', 'gpt-4o').userMessage('{text}').outputKeys('reply')
  outer.addLambdaNode('nested', async () => {
    const inner = await quickStart().run({ outputDir: outputDir() })
    return {
      parent: inner.metadata?.parent_run_id,
      inner: inner.metadata?.aggregate_statistics.requests.total_requests,
    }
  })
  const [first, second] = await Promise.all([
    outer.run({ outputDir: outputDir() }),
    quickStart().run({ outputDir: outputDir() }),
  ])
  expect(first.metadata?.aggregate_statistics.requests.total_requests).toBe(20)
  expect(second.metadata?.aggregate_statistics.requests.total_requests).toBe(2)
  expect(first.records[0]).toMatchObject({ parent: first.runId, inner: 2 })
  expect(simulator.log).toHaveLength(20 + 2 + 20 * 2)
})

test('a node that throws fails its record alone, and the error is kept', async () => {
  const graph = new Workflow('failing')
  graph.source([{ n: 1 }, { n: 2 }, { n: 3 }])
  graph.addLambdaNode('check', ({ n }: { n: number }) => {
    if (n === 2) throw new RangeError('two is not allowed')
    return { doubled: n * 2 }
  })
  const { records, failures, metadata } = await graph.run({ outputDir: outputDir() })
  expect(records.map(({ doubled }) => doubled)).toEqual([2, 6])
  expect(failures).toHaveLength(1)
  expect(failures[0]?.error).toHaveProperty('message', 'two is not allowed')
  expect(metadata?.nodes.check).toMatchObject({ total_executions: 3, total_failures: 1 })
  expect(metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 3, total_failed: 1 })
})

test('the arguments of a run reach the functions of the task', async () => {
  const graph = new Workflow('arguments')
  graph.source([{ n: 1 }])
  graph.addLambdaNode('add', ({ n }: { n: number }, _node: unknown, { runArgs }: { runArgs: { plus: number } }) => ({
    sum: n + runArgs.plus,
  }))
  const { records } = await graph.run({ outputDir: outputDir(), runArgs: { plus: 41 } })
  expect(records[0]).toMatchObject({ sum: 42 })
})
