import type { CostStatus, RequestCost } from '../../src/metadata/cost.ts'
import type { MetadataEvent, RequestEnd, RunEnd } from '../../src/metadata/event.ts'
import { RunTotals } from '../../src/metadata/run-totals.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { summarize } from '../../src/metadata/summary.ts'
import type { Usage } from '../../src/metadata/usage.ts'

export interface SampleRunOptions {
  readonly runId?: string
  readonly taskName?: string
  readonly records?: number
  readonly models?: readonly string[]
  readonly nodes?: readonly string[]
  readonly costStatus?: CostStatus
  /** Models whose price nobody knows. */
  readonly unpricedModels?: readonly string[]
  /** Multiplies every duration. */
  readonly slowness?: number
  /** Multiplies every price. */
  readonly priceFactor?: number
  /** Every n-th first try gets a 429 and is repeated. */
  readonly retryEvery?: number
  /** Every n-th record fails. */
  readonly failEvery?: number
  /** Left out for a run that has not ended. */
  readonly status?: RunEnd['status'] | undefined
  readonly startedAtMs?: number
  readonly pid?: number
  readonly host?: string
  /** Where its rows go; left out for a program, whose account is finished by whoever reads it. */
  readonly outputPath?: string
  readonly priceVersion?: string
  readonly datasetHash?: string
}

/** The events of a made-up run of two nodes; the same options give the same events. */
export function sampleEvents(options: SampleRunOptions = {}): MetadataEvent[] {
  const { records = 20, nodes = ['generate', 'critique'], models = ['gpt-4o-mini'], failEvery = 0 } = options
  const startedAtMs = options.startedAtMs ?? Date.UTC(2026, 10, 23, 17, 19, 7)
  const events: MetadataEvent[] = [runStart(options, startedAtMs), dataset(options), ...models.map(modelOpen)]
  let first = 0
  for (let record = 0; record < records; record += 1) {
    const recordId = `record-${record}`
    const isFailed = failEvery > 0 && record % failEvery === failEvery - 1
    const requests = nodes.map((node, index) =>
      attempts({ options, node, recordId, model: models[index % models.length] ?? '', first: first++, isFailed }),
    )
    requests.forEach((attemptsOfNode, index) => {
      events.push(...attemptsOfNode, nodeEnd(nodes[index] ?? '', attemptsOfNode))
    })
    events.push(recordEnd(recordId, requests.flat(), isFailed))
  }
  const status = 'status' in options ? options.status : 'complete'
  if (status !== undefined) events.push(runEnd(status, startedAtMs, records))
  return events
}

/** The metadata of a made-up run. */
export function sampleMetadata(options: SampleRunOptions = {}): Metadata {
  const totals = new RunTotals()
  for (const event of sampleEvents(options)) totals.add(event)
  const startedAtMs = options.startedAtMs ?? Date.UTC(2026, 10, 23, 17, 19, 7)
  return summarize(totals, { generatedAtMs: startedAtMs + 125_000, utcOffsetMinutes: 60 })
}

function runStart(options: SampleRunOptions, startedAtMs: number): MetadataEvent {
  return {
    type: 'run-start',
    runId: options.runId ?? '5f0c1d2e-7a8b-4c9d-8e0f-1a2b3c4d5e6f',
    session: 0,
    startedAtMs,
    utcOffsetMinutes: 60,
    context: {
      taskName: options.taskName ?? 'examples.code_assistant',
      batchSize: 50,
      numRecords: options.records,
      outputPath: options.outputPath,
    },
    environment: {
      nodeVersion: '20.20.2',
      sygraVersion: '0.1.0',
      host: options.host ?? 'build-7',
      pid: options.pid ?? 1,
    },
    git: { commitHash: 'b81c39a3db4d12342cc50415342abc2b2b000000', branch: 'main', isDirty: true },
  }
}

function dataset({ datasetHash = '4b023d2345d21e2d' }: SampleRunOptions): MetadataEvent {
  return { type: 'dataset-open', sourceType: 'disk', sourcePath: 'questions.jsonl', startIndex: 0, datasetHash }
}

function modelOpen(model: string): MetadataEvent {
  return {
    type: 'model-open',
    model,
    modelType: 'OpenAI',
    provider: 'openai',
    url: 'https://api.openai.com/v1',
    parameters: { temperature: 0.7, max_tokens: 500 },
  }
}

interface AttemptInput {
  readonly options: SampleRunOptions
  readonly node: string
  readonly recordId: string
  readonly model: string
  readonly first: number
  readonly isFailed: boolean
}

function attempts({ options, node, recordId, model, first, isFailed }: AttemptInput): RequestEnd[] {
  const { retryEvery = 7, slowness = 1 } = options
  const durationSeconds = slowness * (0.3 + (((first + 1) * 7919) % 100) / 50)
  const usage: Usage = { input: 120 + (first % 30), cacheRead: 40, output: 60 + (first % 17), reasoning: 5 }
  const common = { type: 'request-end', callId: `call-${first}`, model, node, recordId, startedAtMs: 0 } as const
  if (isFailed) return [{ ...common, status: 500, resendCount: 0, durationSeconds: 0.05 * slowness }]
  const cost = costOf(options, model, usage)
  const answer: RequestEnd = { ...common, status: 200, resendCount: 0, durationSeconds, usage, ...(cost && { cost }) }
  if (first % retryEvery !== 0) return [answer]
  const waitSeconds = 0.5
  const callDurationSeconds = 0.04 + waitSeconds + durationSeconds
  return [
    { ...common, status: 429, resendCount: 0, durationSeconds: 0.04 },
    { ...answer, resendCount: 1, waitSeconds, callDurationSeconds },
  ]
}

function costOf(options: SampleRunOptions, model: string, usage: Usage): RequestCost | undefined {
  if (options.unpricedModels?.includes(model)) return undefined
  const { priceFactor = 1, costStatus = 'priced' } = options
  const lines = (['input', 'cacheRead', 'output', 'reasoning'] as const).map((tokenClass) => {
    const usdPerMillion = priceFactor * { input: 0.15, cacheRead: 0.075, output: 0.6, reasoning: 0.6 }[tokenClass]
    const tokens = usage[tokenClass] ?? 0
    return { tokenClass, tokens, usdPerMillion, picodollars: Math.round(tokens * usdPerMillion * 1e6) }
  })
  const picodollars = costStatus === 'free' ? 0 : lines.reduce((sum, line) => sum + line.picodollars, 0)
  const version = options.priceVersion ?? '0.1.8'
  const date = '2026-11-23'
  const price = {
    source: '@pydantic/genai-prices',
    version,
    provider: 'openai',
    product: model,
    tier: 'standard',
    date,
  }
  return { status: costStatus, picodollars, price, lines }
}

function nodeEnd(node: string, requests: readonly RequestEnd[]): MetadataEvent {
  const succeeded = requests.at(-1)?.status === 200
  const durationSeconds = requests.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0.001)
  return {
    type: 'node-end',
    node,
    nodeType: 'llm',
    succeeded,
    durationSeconds,
    ...(succeeded ? {} : { errorType: 'http_500' }),
  }
}

function recordEnd(recordId: string, requests: readonly RequestEnd[], isFailed: boolean): MetadataEvent {
  return {
    type: 'record-end',
    recordId,
    succeeded: !isFailed,
    durationSeconds: requests.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    costPicodollars: requests.reduce((sum, { cost }) => sum + (cost?.picodollars ?? 0), 0),
    ...(isFailed ? { errorType: 'http_500' } : {}),
  }
}

function runEnd(status: RunEnd['status'], startedAtMs: number, records: number): MetadataEvent {
  return { type: 'run-end', session: 0, status, endedAtMs: startedAtMs + 125_000, durationSeconds: 125, records }
}
