import type { RunTotals } from './run-totals.ts'
import type { Metadata } from './schema.ts'
import { actorSummaries } from './summary/actor-summary.ts'
import { aggregateSummary } from './summary/aggregate-summary.ts'
import { datasetSummary, executionSummary, type SummaryClock, wallSeconds } from './summary/execution-summary.ts'
import { modelSummary } from './summary/model-summary.ts'
import { nodeSummary } from './summary/node-summary.ts'
import { workersSummary } from './summary/worker-summary.ts'
import { isoTimestamp } from './timestamp.ts'
import { NodeTotals } from './totals/node-totals.ts'
import { metadataVersion } from './versions.ts'

/** The metadata file of a run, from the fold of its events. Rounding happens here and nowhere else. */
export function summarize(totals: RunTotals, clock: SummaryClock): Metadata {
  const sessions = totals.execution.sessionsInOrder()
  const last = sessions.at(-1)
  const notUnderstood = totals.notUnderstood.summary()
  return {
    metadata_version: metadataVersion,
    generated_at: isoTimestamp(clock.generatedAtMs, clock.utcOffsetMinutes),
    run_id: last?.start?.runId ?? '',
    parent_run_id: last?.start?.parentRunId ?? null,
    status: last?.end?.status ?? 'running',
    execution: {
      ...executionSummary(totals.execution, clock),
      ...totals.batches.summary(clock.utcOffsetMinutes),
      ...workersOf(totals),
    },
    dataset: datasetSummary(totals.execution, totals.records.processed),
    aggregate_statistics: aggregateSummary(totals, wallSeconds(totals.execution, clock)),
    models: modelSummaries(totals),
    nodes: nodeSummaries(totals),
    ...actorSummaries(totals),
    ...(notUnderstood === undefined ? {} : { not_understood: notUnderstood }),
  }
}

/** Nothing for a run that was one process. */
function workersOf(totals: RunTotals): Pick<Metadata['execution'], 'workers'> {
  const workers = totals.shownWorkers()
  if (workers.size === 0) return {}
  const utcOffsetMinutes = totals.execution.sessionsInOrder().at(-1)?.start?.utcOffsetMinutes ?? 0
  return { workers: workersSummary(workers, { isRehearsal: totals.costOfAll().isRehearsal, utcOffsetMinutes }) }
}

function modelSummaries(totals: RunTotals): Metadata['models'] {
  return Object.fromEntries(
    totals.modelNames().map((name) => {
      const opened = totals.execution.models.get(name) ?? []
      const requests = totals.requestsOfModel(name)
      return [name, modelSummary({ name, opened, totals: requests, cost: totals.costOfModel(name, requests) })]
    }),
  )
}

function nodeSummaries(totals: RunTotals): Metadata['nodes'] {
  const names = totals.nodeNames()
  return Object.fromEntries(
    names.map((name) => {
      const node = totals.nodes.get(name) ?? new NodeTotals('unknown')
      const requests = totals.requestsOfNode(name)
      const requestsByModel = totals.requestsOfNodeByModel(name)
      return [name, nodeSummary({ name, node, requests, requestsByModel, inner: innerNodes(name, { node, totals }) })]
    }),
  )
}

/** The nodes within a subgraph, which are named after it, and their requests; undefined for every other node. */
function innerNodes(name: string, { node, totals }: { readonly node: NodeTotals; readonly totals: RunTotals }) {
  if (node.type !== 'subgraph') return undefined
  const names = totals.nodeNames().filter((other) => other.startsWith(`${name}.`))
  return names.length === 0 ? undefined : { names, requests: totals.requestsOfNodes(names) }
}
