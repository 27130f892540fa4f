import type { FeeCount, Usage } from '../../metadata/usage.ts'
import { factsOf, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import { countOf, isRecord, memberOf, textOf } from '../json-value.ts'
import type { AnswerFacts, DeferredResult, Endpoint, WireFormat } from '../wire-format.ts'
import { noCall } from './no-call.ts'

// Fine-tuning: a POST begins a job of hours, and the job tells when it has ended how many tokens it trained on. They are
// charged once; the answers of the tuned model are calls like any other.

/**
 * OpenAI's jobs, and those of Azure and Mistral, whose states are in capitals. Sources: the `FineTuningJob` of the package
 * openai, 6; docs.mistral.ai, fine-tuning, read 2026-11-29.
 */
export const openaiFineTuning: WireFormat = {
  ...noCall,
  name: 'openai-fine-tuning',
  operation: 'fine_tuning',
  endpoints: endpointsOf('/fine_tuning/jobs'),
  readResult: (job) => readEnded(job, { tokens: memberOf(job, 'trained_tokens') }),
}

/**
 * Together's jobs, which state their price in billionths of a dollar. Sources: the `FinetuneResponse` of the package
 * together-ai, 0.52; `finetune_price_to_dollars` of togethercomputer/together-python; docs.together.ai, fine-tuning pricing,
 * read 2026-11-29.
 */
export const togetherFineTuning: WireFormat = {
  ...noCall,
  name: 'together-fine-tuning',
  operation: 'fine_tuning',
  endpoints: endpointsOf('/fine-tunes'),
  hosts: [{ end: 'api.together.ai', provider: 'together' }],
  isOfItsHostsOnly: true,
  readResult: (job) => {
    const price = countOf(memberOf(job, 'total_price'))
    const isDone = stateOf(job) === 'completed'
    return readEnded(job, {
      tokens: memberOf(job, 'token_count'),
      // What a job that was cancelled costs is a part of this.
      reportedCostUsd: isDone && price !== undefined && price > 0 ? price / 1e9 : undefined,
    })
  },
}

function endpointsOf(path: string): readonly Endpoint[] {
  return [
    { path, role: 'deferred-start' },
    { path: `${path}/{}`, method: 'GET', role: 'deferred-result' },
    { path, method: 'GET', role: 'deferred-result', isList: true },
  ]
}

const doneStates: ReadonlySet<string> = new Set(['succeeded', 'success', 'completed'])
const failedStates: ReadonlySet<string> = new Set(['failed', 'failed_validation', 'error', 'user_error'])

interface EndedJob {
  /** As it states how many it trained on. */
  readonly tokens: unknown
  readonly reportedCostUsd?: number
}

function stateOf(job: unknown): string {
  return String(memberOf(job, 'status')).toLowerCase()
}

/** A job that has ended; undefined while it has not. One that failed before it trained on anything is not charged. */
function readEnded(job: unknown, { tokens, reportedCostUsd }: EndedJob): DeferredResult | undefined {
  const id = textOf(memberOf(job, 'id'))
  const state = stateOf(job)
  const hasFailed = failedStates.has(state)
  const isCancelled = state === 'cancelled'
  if (!isRecord(job) || id === undefined || !(hasFailed || isCancelled || doneStates.has(state))) return undefined
  const trained = countOf(tokens)
  const isFree = hasFailed && (trained ?? 0) === 0 && !isByTheHour(job)
  const facts: AnswerFacts = factsOf({
    model: textOf(job.model),
    responseId: id,
    usage: isFree ? undefined : usageOf(job, trained),
    errorType: hasFailed ? 'failed' : isCancelled ? 'cancelled' : undefined,
    reportedCostUsd,
  })
  return { answers: [{ id, facts: withDoubts(facts, doubtsBeside(job, [])) }] }
}

function usageOf(job: unknown, trained: number | undefined): Usage {
  const fees: FeeCount[] = trained === undefined || trained === 0 ? [] : [{ unit: 'trainedToken', quantity: trained }]
  if (isByTheHour(job))
    return { doubts: ['reinforcement fine-tuning is charged by the hour, and nothing tells how long it trained'] }
  return fees.length > 0 ? { fees } : { doubts: ['the job does not tell how many tokens it trained on'] }
}

/** Source: help.openai.com, billing guide for reinforcement fine-tuning, a stored copy read 2026-11-29. */
function isByTheHour(job: unknown): boolean {
  return memberOf(memberOf(job, 'method'), 'type') === 'reinforcement'
}
