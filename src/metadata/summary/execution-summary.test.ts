import { expect, test } from 'vitest'
import type { MetadataEvent, RunEnd, RunStart } from '../event.ts'
import { RunTotals } from '../run-totals.ts'
import { metadataSchema } from '../schema.ts'
import { summarize } from '../summary.ts'

/** Ten seconds past midnight of 1 January 1970, UTC. */
const clock = { generatedAtMs: 10_000, utcOffsetMinutes: 0 }

function fileOf(...events: readonly MetadataEvent[]) {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return metadataSchema.parse(summarize(totals, clock))
}

const start: RunStart = {
  type: 'run-start',
  runId: 'r',
  session: 0,
  startedAtMs: 1_000,
  utcOffsetMinutes: 0,
  context: {},
  environment: { nodeVersion: '20.1', sygraVersion: '1.2' },
  git: {},
}
const end: RunEnd = { type: 'run-end', session: 0, status: 'complete', endedAtMs: 4_000, durationSeconds: 3 }

test('a run that says nothing of itself has the usual settings, and goes on', () => {
  const { execution, dataset, run_id, parent_run_id, status } = fileOf(start)
  expect({ run_id, parent_run_id, status }).toEqual({ run_id: 'r', parent_run_id: null, status: 'running' })
  expect(execution).toEqual({
    task_name: 'unknown',
    run_name: null,
    output_dir: null,
    batch_size: 50,
    checkpoint_interval: 100,
    resumable: false,
    debug: false,
    // Nine seconds have gone by.
    timing: { start_time: '1970-01-01T00:00:01.000+00:00', end_time: null, duration_seconds: 9 },
    environment: { python_version: null, sygra_version: '1.2', node_version: '20.1' },
    git: { commit_hash: null, branch: null, is_dirty: null, remote_url: null },
    output_path: null,
    num_records: null,
    config_hash: null,
    host: null,
    pid: null,
    sessions: [
      {
        start_time: '1970-01-01T00:00:01.000+00:00',
        end_time: null,
        duration_seconds: 9,
        records: null,
        status: 'running',
      },
    ],
  })
  expect(dataset).toEqual({
    source_type: 'unknown',
    source_path: null,
    num_records_processed: 0,
    start_index: 0,
    dataset_version: null,
    dataset_hash: null,
  })
})

test('what a run says of itself stands in its file', () => {
  const graph = {
    nodes: [{ name: 'ask', type: 'llm' }],
    edges: [{ from: 'START', to: 'ask' }],
    subgraphs: [
      {
        name: 'outer',
        nodes: [{ name: 'outer.in', type: 'lambda' }],
        edges: [{ from: 'START', to: 'END', choice: 'yes' }],
      },
    ],
  }
  const { execution, parent_run_id } = fileOf({
    ...start,
    parentRunId: 'p',
    context: {
      taskName: 't',
      runName: 'n',
      outputDir: '/o',
      batchSize: null,
      checkpointInterval: 7,
      resumable: true,
      debug: true,
      outputPath: '/o/x.json',
      numRecords: 12,
      configHash: 'h',
      graph,
    },
    environment: { ...start.environment, host: 'box', pid: 42 },
    git: { commitHash: 'c', branch: 'b', isDirty: false, remoteUrl: 'u' },
  })
  expect(parent_run_id).toBe('p')
  expect(execution).toMatchObject({
    task_name: 't',
    run_name: 'n',
    output_dir: '/o',
    batch_size: null,
    checkpoint_interval: 7,
    resumable: true,
    debug: true,
    git: { commit_hash: 'c', branch: 'b', is_dirty: false, remote_url: 'u' },
    output_path: '/o/x.json',
    num_records: 12,
    config_hash: 'h',
    host: 'box',
    pid: 42,
    graph,
  })
  expect(execution).not.toHaveProperty('watched_by')
})

test('sessions are one after the other, whichever is read first, and their times add up', () => {
  const second = { ...start, session: 1, startedAtMs: 6_000, runId: 'r', utcOffsetMinutes: 60 }
  const { execution, status } = fileOf(second, start, { ...end, reason: 'stopped', status: 'interrupted', records: 5 })
  expect(status).toBe('running')
  expect(execution.timing).toEqual({
    start_time: '1970-01-01T00:00:01.000+00:00',
    end_time: null,
    // Three of the first, and four so far of the second.
    duration_seconds: 7,
  })
  expect(execution.sessions).toMatchObject([
    { status: 'interrupted', end_time: '1970-01-01T00:00:04.000+00:00', duration_seconds: 3, records: 5 },
    { status: 'running', start_time: '1970-01-01T01:00:06.000+01:00', duration_seconds: 4 },
  ])
  // The reason is that of the last session.
  expect(execution).not.toHaveProperty('reason')
  const over = fileOf(start, second, end, {
    ...end,
    session: 1,
    endedAtMs: 8_000,
    durationSeconds: 2,
    reason: 'out of money',
  })
  expect(over.execution).toMatchObject({
    timing: { end_time: '1970-01-01T01:00:08.000+01:00', duration_seconds: 5 },
    reason: 'out of money',
  })
})

test('a clock that was set back puts no end before a start', () => {
  const { execution } = fileOf(start, { ...end, endedAtMs: 500, durationSeconds: 2.5 })
  expect(execution.timing.end_time).toBe('1970-01-01T00:00:03.500+00:00')
  const later = fileOf(
    start,
    { ...end, endedAtMs: 9_000 },
    { ...start, session: 1, startedAtMs: 2_000 },
    { ...end, session: 1 },
  )
  expect(later.execution.timing.end_time).toBe('1970-01-01T00:00:09.000+00:00')
  // A run that begins in the future has not lasted less than nothing.
  expect(fileOf({ ...start, startedAtMs: 60_000 }).execution.timing.duration_seconds).toBe(0)
})

test('an end whose start is lost is still an end', () => {
  const { execution, status } = fileOf(end)
  expect(status).toBe('complete')
  expect(execution.timing).toEqual({
    start_time: null,
    end_time: '1970-01-01T00:00:04.000+00:00',
    duration_seconds: null,
  })
})

test('a session that was taken for dead has ended as whoever ran it says, and one that begins anew has not', () => {
  const presumed: RunEnd = { ...end, status: 'interrupted', isPresumed: true }
  expect(fileOf(start, presumed).status).toBe('interrupted')
  expect(fileOf(start, presumed, end).status).toBe('complete')
  expect(fileOf(start, end, presumed).status).toBe('complete')
  expect(fileOf(start, presumed, { ...presumed, status: 'failed' }).status).toBe('failed')
  expect(fileOf(start, end, start).status).toBe('running')
})

test('a program is watched by the process that started it until that says how it ended', () => {
  const process: RunStart = { ...start, worker: 'w1', exec: '77@box' }
  expect(fileOf(process).execution.watched_by).toBe(77)
  expect(fileOf({ ...start, worker: 'w0' }, process).execution.watched_by).toBe(77)
  expect(fileOf(process, { ...end, exec: '77@box' }).execution).not.toHaveProperty('watched_by')
  expect(fileOf({ ...process, exec: undefined }).execution).not.toHaveProperty('watched_by')
})

test('a source is known by what was said of it last, and what was not said again stays', () => {
  const { dataset } = fileOf(
    {
      type: 'dataset-open',
      sourceType: 'json',
      sourcePath: '/a',
      startIndex: 3,
      datasetVersion: 'v',
      datasetHash: 'h',
    },
    { type: 'dataset-open', sourcePath: '/b', numRecords: 9 },
    { type: 'dataset-open' },
  )
  expect(dataset).toEqual({
    source_type: 'json',
    source_path: '/b',
    num_records_processed: 9,
    start_index: 3,
    dataset_version: 'v',
    dataset_hash: 'h',
  })
})

test('several sources stand under their names', () => {
  const one = { type: 'dataset-open', alias: 'one', sourceType: 'csv', sourcePath: '/1', joinType: 'primary' } as const
  const { dataset } = fileOf(one, { type: 'dataset-open', alias: 'two', datasetVersion: 'v', datasetHash: 'h' })
  expect(dataset).toMatchObject({ source_type: 'multi-source', source_path: 'multi-source' })
  const none = { source_type: null, source_path: null, dataset_version: null, dataset_hash: null, join_type: null }
  expect(dataset.sources).toEqual({
    one: { ...none, alias: 'one', source_type: 'csv', source_path: '/1', join_type: 'primary' },
    two: { ...none, alias: 'two', dataset_version: 'v', dataset_hash: 'h' },
  })
  expect(fileOf(one, { type: 'dataset-open', sourceType: 'joined' }).dataset).toMatchObject({
    source_type: 'joined',
    source_path: null,
  })
})

test('the number of requests at once is told by its cuts, its lowest and its last, and of many changes the latest', () => {
  const change = (limit: number, reason: 'start' | 'rate-limit' | 'growth', atMs = 0) =>
    ({ type: 'concurrency-change', provider: 'openai', limit, reason, atMs }) as const
  const { execution } = fileOf(start, change(8, 'start'), change(4, 'rate-limit', 2_000), change(5, 'growth', 3_000))
  expect(execution.concurrency).toEqual({
    openai: {
      cuts: 1,
      lowest: 4,
      last: 5,
      history: [
        { at: '1970-01-01T00:00:00.000+00:00', limit: 8, reason: 'start' },
        { at: '1970-01-01T00:00:02.000+00:00', limit: 4, reason: 'rate-limit' },
        { at: '1970-01-01T00:00:03.000+00:00', limit: 5, reason: 'growth' },
      ],
    },
  })
  const many = Array.from({ length: 201 }, (_, index) => change(index + 1, 'growth'))
  const whole = fileOf(...many).execution.concurrency?.openai
  expect([whole?.history.length, whole?.history[0]?.limit, whole?.lowest, whole?.last]).toEqual([200, 2, 1, 201])
  const [first, second] = [new RunTotals(), new RunTotals()]
  for (const each of [change(3, 'rate-limit'), ...many.slice(0, 150)]) first.add(each)
  for (const each of [change(2, 'rate-limit'), ...many.slice(50)]) second.add(each)
  first.merge(second)
  const merged = summarize(first, clock).execution.concurrency?.openai
  expect([merged?.cuts, merged?.history.length, merged?.lowest, merged?.last]).toEqual([2, 200, 1, 201])
})

test('a model is what was said of it first, with every address and every set of parameters once', () => {
  const opened = { type: 'model-open', model: 'm' } as const
  const { models } = fileOf(
    opened,
    { ...opened, url: ['https://a', 'https://b'], provider: 'openai', parameters: { temperature: 1 } },
    {
      ...opened,
      url: 'https://b',
      provider: 'other',
      modelType: 'OpenAI',
      upstreamModel: 'gpt',
      parameters: { temperature: 0 },
    },
    { ...opened, parameters: { temperature: 1 } },
    { type: 'model-open', model: 'n', url: 'https://c' },
  )
  expect(models.m).toMatchObject({
    model_name: 'm',
    model_type: 'OpenAI',
    model_url: ['https://a', 'https://b'],
    provider: 'openai',
    upstream_model: 'gpt',
    parameters: { temperature: 1 },
    parameter_sets: [{ temperature: 1 }, { temperature: 0 }],
  })
  expect(models.n).toMatchObject({
    model_type: null,
    model_url: 'https://c',
    provider: null,
    upstream_model: null,
    parameters: {},
  })
  expect(models.n).not.toHaveProperty('parameter_sets')
})
