import { setTimeout as wait } from 'node:timers/promises'
import type { LanguageModelV3CallOptions, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { TrackedRequest } from '../../instrument/track/tracked-request.ts'
import { nowMs } from '../../runtime/clock.ts'
import { currentOrOutsideScope, nextCallId, type Operation, runWithin } from '../../runtime/scope.ts'
import { callParametersOf } from './call-parameters.ts'
import type { CalledPlace, ModelCall } from './model-call.ts'
import type { AskableModel } from './model-object.ts'
import { originHeaders } from './origin-headers.ts'
import { decideRetry } from './retry-policy.ts'

/**
 * Asks a model and gives its answer, or one that was kept, where the run keeps answers. Attempts that fail in passing are repeated; all of them are attempts of one call.
 * Throws what the last attempt threw.
 */
export function callModel(call: ModelCall): Promise<LanguageModelV3GenerateResult> {
  const operation: Operation = { callId: nextCallId(), attempts: 0 }
  // Counted here: whether an earlier call was answered by what was kept must not change what a simulator answers this one.
  const headers = call.client.resolved?.isSimulated ? originHeaders(call.client.identity.name) : undefined
  const ask = () => askModel(call, { operation, headers })
  return call.client.keeper?.through(call, operation, ask) ?? ask()
}

async function askModel(
  call: ModelCall,
  { operation, headers }: Pick<Attempt, 'operation' | 'headers'>,
): Promise<LanguageModelV3GenerateResult> {
  const { client, signal } = call
  const settings = client.retries
  // The rate limiter has admitted what is sent here; it is not to be asked again at the wire.
  const within = { operation, model: client.identity, refuse: undefined }
  for (let attempt = 1; ; attempt += 1) {
    if (settings.delaySeconds > 0) await wait(settings.delaySeconds * 1000, undefined, { signal })
    try {
      return await runWithin(within, () =>
        client.use((model, place) => admitted({ call, operation, model, place, headers })),
      )
    } catch (error) {
      // A model that is down answers in the end, or with the run: it must not use the attempts of a call up.
      const isPatient = settings.attempts > 1 && client.limiter?.suspects(client.identity.name) === true
      const counted = isPatient ? Math.min(attempt, settings.attempts - 1) : attempt
      const now = { random: Math.random, atMs: nowMs() }
      const { shouldRetry, waitSeconds } = decideRetry({ error, attempt: counted, settings, ...now })
      if (!shouldRetry || signal?.aborted) throw error
      await wait(waitSeconds * 1000, undefined, { signal })
    }
  }
}

interface Attempt {
  readonly call: ModelCall
  readonly operation: Operation
  readonly model: AskableModel
  readonly place: CalledPlace
  readonly headers: Record<string, string> | undefined
}

/** Makes an attempt as soon as the rate limiter lets it through. The time before it counts for nothing. */
async function admitted(attempt: Attempt): Promise<LanguageModelV3GenerateResult> {
  const { call, operation, place } = attempt
  const leave = await call.client.limiter?.acquire({ call, callId: operation.callId, place })
  let result: LanguageModelV3GenerateResult
  try {
    result = await attemptOnce(attempt)
  } catch (error) {
    throw (await leave?.({ type: 'failure', error })) ?? error
  }
  // An answer need not wait for it.
  void leave?.({ type: 'answer', result })
  return result
}

async function attemptOnce({ call, model, headers }: Attempt): Promise<LanguageModelV3GenerateResult> {
  const timeout = AbortSignal.timeout(call.client.timeoutSeconds * 1000)
  const options: LanguageModelV3CallOptions = {
    prompt: call.prompt,
    responseFormat: call.responseFormat,
    tools: call.tools,
    toolChoice: call.toolChoice,
    headers,
    abortSignal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
    ...callParametersOf(call.client.parameters),
  }
  // A model that answers without the wire (in the process, or over a transport nobody watches) is recorded here.
  const asked = { ...options, abortSignal: undefined }
  const request = new TrackedRequest(currentOrOutsideScope(), {}, { owner: undefined, functionName: '', args: [asked] })
  const result = await request.within(() => model.doGenerate(options))
  request.end({ value: result })
  return result
}
