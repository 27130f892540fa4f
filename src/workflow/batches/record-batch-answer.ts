import { nowMs } from '../../runtime/clock.ts'
import { recordRequest } from '../../runtime/collector/record-request.ts'
import { currentOrOutsideScope, nextCallId } from '../../runtime/scope.ts'
import type { AnswerFacts } from '../../usage/index.ts'
import type { ModelClient } from '../models/model-call.ts'
import type { BatchAnswer, BatchService } from './batch-service.ts'

interface ReadBy {
  readonly line: unknown
  readonly format: BatchService['format']
}

function factsOf({ line, format }: ReadBy): AnswerFacts {
  const [read] = (line === undefined ? undefined : format.readResult?.(line))?.answers ?? []
  return read?.facts ?? {}
}

/** By what an answer counts once, however often it is read. */
export function responseIdOf({ customId }: BatchAnswer, read: ReadBy): string {
  return factsOf(read).responseId ?? customId
}

/**
 * Records the answer to a call of a batch where the call belongs, at the batch tier. By the id of the answer it counts once,
 * however often it is read: after a crash it is read again.
 */
export function recordBatchAnswer({
  answer,
  line,
  format,
  client: { upstreamModel, identity, resolved },
}: {
  readonly answer: Extract<BatchAnswer, { type: 'answer' }>
  readonly client: ModelClient
} & ReadBy): void {
  const scope = currentOrOutsideScope()
  if (!scope.collector.isEnabled()) return
  const facts = factsOf({ line, format })
  const resendCount = scope.operation?.attempts ?? 0
  if (scope.operation !== undefined) scope.operation.attempts += 1
  recordRequest(
    scope,
    {
      type: 'request-end',
      callId: scope.operation?.callId ?? nextCallId(),
      model: upstreamModel,
      upstreamModel: facts.model,
      status: answer.status,
      errorType: facts.errorType,
      resendCount,
      attemptLink: resendCount > 0 ? 'operation' : undefined,
      startedAtMs: nowMs(),
      durationSeconds: 0,
      finishReason: facts.finishReason,
      serviceTier: 'batch',
      inferenceGeo: facts.inferenceGeo,
      isDeferred: true,
      responseId: facts.responseId ?? answer.customId,
      usage: facts.usage,
      rawUsage: facts.rawUsage,
    },
    {
      url: [identity.url ?? ''].flat()[0] ?? '',
      provider: facts.provider ?? identity.provider,
      reportedUsd: facts.reportedCostUsd,
      isSimulated: resolved?.isSimulated,
    },
  )
}
