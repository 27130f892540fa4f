// What a program states of a run by the methods of the specification, as events: they take plain numbers, seconds and USD.
import { picodollarsOf } from '../../metadata/cost.ts'
import type { DatasetOpen, NodeEnd, RequestEnd } from '../../metadata/event.ts'
import type { Usage } from '../../metadata/usage.ts'
import type {
  DatasetOptions,
  DatasetSourceOptions,
  ModelRequestOptions,
  NodeExecutionOptions,
} from './collector-options.ts'

export function datasetEvent(dataset: DatasetOptions): DatasetOpen {
  return {
    ...whereFrom(dataset),
    startIndex: dataset.startIndex ?? 0,
    numRecords: dataset.numRecords ?? undefined,
  }
}

export function datasetSourceEvent(source: DatasetSourceOptions): DatasetOpen {
  return { ...whereFrom(source), alias: source.alias, joinType: source.joinType ?? undefined }
}

function whereFrom(dataset: Omit<DatasetOptions, 'numRecords' | 'startIndex'>): DatasetOpen {
  return {
    type: 'dataset-open',
    sourceType: dataset.sourceType,
    sourcePath: dataset.sourcePath ?? undefined,
    datasetVersion: dataset.datasetVersion ?? undefined,
    datasetHash: dataset.datasetHash ?? undefined,
  }
}

/** A request that ended at `endedAtMs`, in milliseconds since 1970. */
export function requestEvent(request: ModelRequestOptions, endedAtMs: number): RequestEnd {
  const { latency = 0, responseCode = 200, costUsd } = request
  return {
    type: 'request-end',
    model: request.modelName,
    node: request.nodeName ?? undefined,
    status: responseCode,
    resendCount: request.isRetry ? 1 : 0,
    startedAtMs: endedAtMs - latency * 1000,
    durationSeconds: latency,
    usage: statedUsage(request),
    cost: costUsd === undefined ? undefined : { status: 'reported', picodollars: picodollarsOf(costUsd), lines: [] },
  }
}

export function nodeEvent(execution: NodeExecutionOptions): NodeEnd {
  const usage = statedUsage(execution)
  const costPicodollars = execution.costUsd === undefined ? undefined : picodollarsOf(execution.costUsd)
  return {
    type: 'node-end',
    node: execution.nodeName,
    nodeType: execution.nodeType,
    model: execution.modelName ?? undefined,
    succeeded: execution.success ?? true,
    durationSeconds: execution.latency ?? 0,
    stated: usage === undefined && costPicodollars === undefined ? undefined : { usage, costPicodollars },
  }
}

/**
 * Usage that a caller states as plain counts. Undefined when nothing was used: 0 and left out mean the same here, as in
 * the Python system. The total is kept where it differs from the sum.
 */
function statedUsage(tokens: {
  readonly promptTokens?: number | null
  readonly completionTokens?: number | null
  readonly totalTokens?: number | null
}): Usage | undefined {
  const input = wholeNumber(tokens.promptTokens)
  const output = wholeNumber(tokens.completionTokens)
  const total = wholeNumber(tokens.totalTokens)
  if (input === 0 && output === 0 && total === 0) return undefined
  // A caller that states no total means the sum.
  const statedTotal = total === 0 || total === input + output ? undefined : total
  return { input, output, statedTotal }
}

function wholeNumber(value: number | null | undefined): number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? Math.trunc(value) : 0
}
