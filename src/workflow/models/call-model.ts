import { setTimeout as wait } from 'node:timers/promises'
import type { LanguageModelV3CallOptions, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import { recordRequest } from '../../runtime/record-request.ts'
import { currentOrOutsideScope, nextCallId, type Operation, runWithin } from '../../runtime/scope.ts'
import { callParametersOf } from './call-parameters.ts'
import type { ModelClient } from './model-client.ts'
import { usageOfResult } from './result-usage.ts'
import { decideRetry } from './retry-policy.ts'

export interface ModelCall {
  readonly client: ModelClient
  readonly prompt: LanguageModelV3CallOptions['prompt']
  readonly responseFormat?: LanguageModelV3CallOptions['responseFormat']
  readonly tools?: LanguageModelV3CallOptions['tools']
  readonly toolChoice?: LanguageModelV3CallOptions['toolChoice']
  readonly signal?: AbortSignal
}

/**
 * Asks a model and gives its answer. Attempts that fail in passing are repeated; all of them are attempts of one call.
 * Throws what the last attempt threw.
 */
export async function callModel(call: ModelCall): Promise<LanguageModelV3GenerateResult> {
  const { client, signal } = call
  const operation: Operation = { callId: nextCallId(), attempts: 0 }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runWithin({ operation, model: client.identity }, () => attemptOnce(call, operation))
    } catch (error) {
      const { shouldRetry, waitSeconds } = decideRetry({ error, attempt, random: Math.random, atMs: nowMs() })
      if (!shouldRetry || attempt >= client.attempts || signal?.aborted) throw error
      await wait(waitSeconds * 1000, undefined, { signal })
    }
  }
}

async function attemptOnce(call: ModelCall, operation: Operation): Promise<LanguageModelV3GenerateResult> {
  const timeout = AbortSignal.timeout(call.client.timeoutSeconds * 1000)
  const options: LanguageModelV3CallOptions = {
    prompt: call.prompt,
    responseFormat: call.responseFormat,
    tools: call.tools,
    toolChoice: call.toolChoice,
    abortSignal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
    ...callParametersOf(call.client.parameters),
  }
  const seenBefore = operation.attempts
  const startedAt = monotonicSeconds()
  const startedAtMs = nowMs()
  const result = await call.client.use((model) => model.doGenerate(options))
  if (operation.attempts === seenBefore) recordUnseen({ call, operation, result, startedAt, startedAtMs })
  return result
}

// A model that answers without the wire (in the process, or over a transport nobody watches) is recorded here.
function recordUnseen({
  call,
  operation,
  result,
  startedAt,
  startedAtMs,
}: {
  readonly call: ModelCall
  readonly operation: Operation
  readonly result: LanguageModelV3GenerateResult
  readonly startedAt: number
  readonly startedAtMs: number
}): void {
  recordRequest(currentOrOutsideScope(), {
    callId: operation.callId,
    model: call.client.identity.name,
    upstreamModel: result.response?.modelId,
    url: call.client.identity.url ?? '',
    status: 200,
    resendCount: operation.attempts,
    startedAtMs,
    durationSeconds: monotonicSeconds() - startedAt,
    finishReason: result.finishReason.unified,
    responseId: result.response?.id,
    usage: usageOfResult(result.usage),
  })
  operation.attempts += 1
}
