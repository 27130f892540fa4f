import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { parseMetadata } from '../../metadata/parse.ts'
import { MetadataCollector } from './metadata-collector.ts'

afterEach(() => vi.unstubAllEnvs())

const context = { taskName: 'tasks.examples.my_task', batchSize: 25, checkpointInterval: 100 }
const request = { modelName: 'gpt-4o-mini', nodeName: 'summarizer', promptTokens: 44, completionTokens: 92 }

function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'sygra-'))
}

/** Keys of an object and of the objects in it, as paths, in order. */
function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([key, item]) => [`${prefix}${key}`, ...pathsOf(item, `${prefix}${key}.`)])
}

test('the file has every key of the specification, in its order', () => {
  const collector = new MetadataCollector()
  collector.setExecutionContext(context)
  collector.setDatasetMetadata({ sourceType: 'hf', sourcePath: 'a/b', numRecords: 10, datasetVersion: '0.0.0' })
  const modelConfig = {
    type: 'OpenAI',
    url: 'https://api.openai.com/v1',
    parameters: { max_tokens: 5, temperature: 0 },
  }
  collector.recordModelRequest({ ...request, latency: 3, costUsd: 0.0001, modelConfig })
  collector.recordModelRequest({ ...request, responseCode: 429, isRetry: true })
  collector.recordNodeExecution({ nodeName: 'summarizer', nodeType: 'llm', latency: 3, success: true })
  collector.recordProcessedRecord({ success: true })
  collector.finalizeExecution()
  const text = readFileSync(
    new URL('../../../test/fixtures/metadata/specification-1.0.0.json', import.meta.url),
    'utf8',
  )
  const expected = pathsOf(JSON.parse(text))
  const written = pathsOf(collector.getMetadataSummary())
  expect(written.filter((path) => expected.includes(path))).toEqual(expected)
})

test('one model and its node are accounted for as the recordings say', () => {
  const collector = new MetadataCollector()
  for (let index = 0; index < 10; index += 1) {
    collector.recordModelRequest({ ...request, latency: 2, costUsd: 0.0000618 })
    collector.recordNodeExecution({ ...request, nodeType: 'llm', latency: 2.5, success: index !== 0 })
    collector.recordProcessedRecord({ success: index !== 0 })
  }
  const { aggregate_statistics: aggregate, models, nodes } = collector.getMetadataSummary()
  expect(aggregate.records).toMatchObject({ total_processed: 10, total_failed: 1, success_rate: 0.9 })
  expect(aggregate.tokens.total_tokens).toBe(1360)
  expect(aggregate.cost.total_cost_usd).toBe(0.000618)
  expect(models['gpt-4o-mini']?.performance.tokens_per_second).toBe(46)
  expect(nodes.summarizer).toMatchObject({ total_executions: 10, total_failures: 1, failure_rate: 0.1 })
  // The node's tokens were stated by its requests and by its executions: they are counted once.
  expect(nodes.summarizer?.token_statistics?.total_tokens).toBe(1360)
  expect(aggregate.unattributed?.total_tokens).toBe(0)
})

test('tokens stated for a node are taken from the requests that named none', () => {
  const collector = new MetadataCollector()
  collector.recordModelRequest({ modelName: 'm', promptTokens: 44, completionTokens: 92 })
  collector.recordNodeExecution({ nodeName: 'n', nodeType: 'llm', promptTokens: 40, completionTokens: 90 })
  const { nodes, aggregate_statistics: aggregate } = collector.getMetadataSummary()
  expect(nodes.n?.token_statistics?.total_tokens).toBe(130)
  expect(aggregate.unattributed?.total_tokens).toBe(6)
})

test('a node without tokens and cost has neither key', () => {
  const collector = new MetadataCollector()
  collector.recordNodeExecution({ nodeName: 'upper', nodeType: 'lambda', latency: 0.1, success: true })
  const node = collector.getMetadataSummary().nodes.upper
  expect(node).not.toHaveProperty('cost')
  expect(node).not.toHaveProperty('token_statistics')
  expect(node?.model_name).toBeNull()
})

test('nothing is recorded or written while collection is off, and on again it goes on', () => {
  const collector = new MetadataCollector()
  collector.setEnabled(false)
  collector.recordModelRequest(request)
  expect(collector.isEnabled()).toBe(false)
  expect(collector.saveMetadata(join(temporaryDirectory(), 'm.json'))).toBeNull()
  collector.setEnabled(true)
  collector.recordModelRequest(request)
  expect(collector.getMetadataSummary().aggregate_statistics.requests.total_requests).toBe(1)
})

test.each(['1', 'true', 'yes', 'True', 'YES'])('SYGRA_DISABLE_METADATA=%s turns collection off', (value) => {
  vi.stubEnv('SYGRA_DISABLE_METADATA', value)
  expect(new MetadataCollector().isEnabled()).toBe(false)
})

test('reset forgets what was recorded and keeps the switch', () => {
  const collector = new MetadataCollector()
  collector.recordModelRequest(request)
  collector.setEnabled(false)
  collector.reset()
  expect(collector.isEnabled()).toBe(false)
  expect(collector.getMetadataSummary().models).toEqual({})
})

test('two saves within a second leave two files, whole and named after the task', () => {
  const outputDir = temporaryDirectory()
  for (let index = 0; index < 2; index += 1) {
    const collector = new MetadataCollector()
    collector.setExecutionContext({ ...context, outputDir })
    const path = collector.saveMetadata()
    expect(parseMetadata(readFileSync(path ?? '', 'utf8'), 'saved').status).toBe('complete')
  }
  const names = readdirSync(join(outputDir, 'metadata'))
  expect(names).toHaveLength(2)
  for (const name of names)
    expect(name).toMatch(/^metadata_tasks_examples_my_task_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(_2)?\.json$/)
})

test('keys and credentials do not reach the file', () => {
  const collector = new MetadataCollector()
  collector.recordModelRequest({
    ...request,
    modelConfig: {
      type: 'OpenAI',
      url: 'https://user:pass@host.example/v1?api-key=xyzzy',
      parameters: {
        temperature: 0.7,
        api_key: 'xyzzy',
        note: 'uses sk-abcdefghijklmnop',
        headers: { Authorization: 'x' },
      },
    },
  })
  const text = JSON.stringify(collector.getMetadataSummary())
  expect(text).toContain('https://host.example/v1')
  expect(text).not.toMatch(/pass|xyzzy|sk-/)
})

test('odd numbers become harmless ones', () => {
  const collector = new MetadataCollector()
  collector.recordModelRequest({ modelName: 'm', latency: Number.NaN, promptTokens: -5, completionTokens: 3.7 })
  const model = collector.getMetadataSummary().models.m
  expect(model?.performance.total_latency_seconds).toBe(0)
  expect(model?.token_statistics.total_tokens).toBe(3)
})

test('a folder that cannot be written is a clear error and leaves nothing behind', () => {
  const directory = temporaryDirectory()
  const collector = new MetadataCollector()
  const path = join(directory, 'file.json')
  collector.saveMetadata(path)
  expect(() => collector.saveMetadata(join(path, 'below', 'm.json'))).toThrow(/cannot be written/)
  expect(existsSync(`${path}.tmp`)).toBe(false)
})

test('what a plain program saves is a finished account, named after the program, each time it is saved', () => {
  const directory = temporaryDirectory()
  vi.stubEnv('SYGRA_OUTPUT_DIR', directory)
  vi.stubEnv('SYGRA_TASK', 'nightly')
  const collector = new MetadataCollector()
  collector.recordModelRequest(request)
  const saved = () => {
    const path = collector.saveMetadata() ?? ''
    expect(path).toMatch(/metadata[/\\]metadata_nightly_/)
    return parseMetadata(readFileSync(path, 'utf8'), path)
  }
  const first = saved()
  expect(first).toMatchObject({ status: 'complete', execution: { task_name: 'nightly', pid: process.pid } })
  expect(first.execution.timing.start_time).not.toBeNull()
  expect(first.execution.git?.commit_hash).toMatch(/^[0-9a-f]{40}$/)
  collector.recordModelRequest(request)
  const second = saved()
  expect(second.aggregate_statistics.requests.total_requests).toBe(2)
  const [firstEnd, secondEnd] = [first, second].map(({ execution }) => Date.parse(execution.timing.end_time ?? ''))
  expect(secondEnd).toBeGreaterThanOrEqual(firstEnd ?? Number.POSITIVE_INFINITY)
  expect(second.execution.sessions).toHaveLength(1)
})

test('what is worth no run of its own waits for the first event that is, and comes after it', () => {
  const prepared: string[] = []
  const events: MetadataEvent[] = []
  const collector = new MetadataCollector()
  collector.beforeNextEvent(() => prepared.push('run'))
  collector.onEvent((event) => events.push(event))
  const end = { type: 'actor-end', kind: 'tool', name: 'add', succeeded: true, durationSeconds: 1 } as const
  collector.recordBeside(end)
  expect([prepared, events]).toEqual([[], []])
  expect(collector.getMetadataSummary()).not.toHaveProperty('tools')
  const ended = requestEnd()
  collector.record(ended)
  expect(prepared).toEqual(['run'])
  expect(events).toEqual([ended, end])
  collector.recordBeside(end)
  expect(collector.getMetadataSummary().tools?.add?.total_executions).toBe(2)
})

test('what another process folds is passed on and counted nowhere here', () => {
  const collector = new MetadataCollector({ runId: 'r', worker: 'w2', isFoldedElsewhere: true })
  const seen: MetadataEvent[] = []
  collector.onEvent((event) => seen.push(event))
  collector.record(requestEnd({ callId: '1' }))
  expect(seen).toEqual([requestEnd({ callId: 'w2-1', worker: 'w2' })])
  expect(collector.getMetadataSummary().aggregate_statistics.requests.total_requests).toBe(0)
})
