import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { LanguageModelV3CallOptions, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { isRunStopped, SygraError } from '../../errors.ts'
import { TrackedRequest } from '../../instrument/track/tracked-request.ts'
import { nowMs } from '../../runtime/clock.ts'
import { currentOrOutsideScope, nextCallId, type Operation, runWithin, type Scope } from '../../runtime/scope.ts'
import { originHeader } from '../../simulator/http-answer.ts'
import { BatchLate } from '../batches/batch-errors.ts'
import { callParametersOf } from './call-parameters.ts'
import type { BatchAsk, BatchQueue, CalledPlace, ModelCall, Release } from './model-call.ts'
import type { AskableModel } from './model-object.ts'
import { decideRetry } from './retry-policy.ts'

/**
 * Asks a model and gives its answer, or one that was kept, where the run keeps answers. Attempts that fail in passing are repeated; all of them are attempts of one call.
 * Throws what the last attempt threw.
 */
export function callModel(call: ModelCall): Promise<LanguageModelV3GenerateResult> {
  const operation: Operation = { callId: nextCallId(), attempts: 0 }
  const { client } = call
  const desk = client.batches?.()
  // Counted here: whether an earlier call was answered by what was kept must not change what this one is.
  const isTold = client.resolved?.isSimulated === true || desk !== undefined
  const origin = isTold ? originOf(client.identity.name) : undefined
  const ask = () => askModel(call, { operation, origin, desk: desk?.takes(call) === true ? desk : undefined })
  return client.cache?.through(call, operation, ask) ?? ask()
}

interface Asking {
  readonly operation: Operation
  readonly origin: string | undefined
  /** Where it is to be handed in with others. */
  readonly desk: BatchQueue | undefined
}

async function askModel(
  call: ModelCall,
  { operation, origin, ...asking }: Asking,
): Promise<LanguageModelV3GenerateResult> {
  const { client, signal } = call
  const settings = client.retries
  const headers = client.resolved?.isSimulated ? originHeaders(origin) : undefined
  let { desk } = asking
  // The rate limiter has admitted what is sent here; it is not to be asked again at the wire.
  const within = { operation, model: client.identity, refuse: undefined }
  for (let attempt = 1; ; attempt += 1) {
    if (settings.delaySeconds > 0 && desk === undefined) await wait(settings.delaySeconds * 1000, undefined, { signal })
    try {
      return await runWithin(within, () =>
        client.use((model, place) =>
          desk === undefined || origin === undefined
            ? admitted({ call, operation, model, place, headers })
            : batched({ call, operation, model, place, desk, origin, attempt }),
        ),
      )
    } catch (error) {
      if (error instanceof BatchLate) {
        if (desk?.asksLateNow !== true) throw new SygraError('run_stopped', `left for later: ${error.message}`)
        desk = undefined
        continue
      }
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

/** Hands an attempt in with others as soon as there is room for what it may cost, and waits for its answer. */
async function batched({ call, operation, model, place, desk, origin, attempt }: BatchedAttempt) {
  const recordId = currentOrOutsideScope().record?.id ?? ''
  let leave: Release | undefined
  // What it holds is known only now, and with that whether it was sent in an earlier session.
  const admit: BatchAsk['admit'] = async ({ isSent }) => {
    const batched = isSent ? 'sent' : 'to-send'
    leave = await call.client.limiter?.acquire({ call, callId: operation.callId, place, batched })
  }
  const sendLater: Scope['sendLater'] = (init) =>
    desk.ask({ call, recordId, body: String(init?.body), origin, attempt, admit })
  try {
    const result = await runWithin({ sendLater }, () => model.doGenerate(optionsOf(call, undefined, call.signal)))
    void leave?.({ type: 'answer', result })
    return result
  } catch (error) {
    throw (await leave?.({ type: 'failure', error })) ?? lateIn(error) ?? error
  }
}

interface BatchedAttempt extends Omit<Attempt, 'headers'> {
  readonly desk: BatchQueue
  readonly origin: string
  readonly attempt: number
}

/** Clients wrap what their fetch throws. */
function lateIn(error: unknown): unknown {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof BatchLate || isRunStopped(inner)) return inner
  }
  return undefined
}

function optionsOf(
  { prompt, responseFormat, tools, toolChoice, client }: ModelCall,
  headers: Record<string, string> | undefined,
  abortSignal: AbortSignal | undefined,
): LanguageModelV3CallOptions {
  const parameters = callParametersOf(client.parameters)
  return { prompt, responseFormat, tools, toolChoice, headers, abortSignal, ...parameters }
}

async function attemptOnce({ call, model, headers }: Attempt): Promise<LanguageModelV3GenerateResult> {
  const timeout = AbortSignal.timeout(call.client.timeoutSeconds * 1000)
  const abortSignal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout])
  const options = optionsOf(call, headers, abortSignal)
  // A model that answers without the wire (in the process, or over a transport nobody watches) is recorded here.
  const asked = { ...options, abortSignal: undefined }
  const request = new TrackedRequest(currentOrOutsideScope(), {}, { owner: undefined, functionName: '', args: [asked] })
  const result = await request.within(() => model.doGenerate(options))
  request.end({ value: result })
  return result
}

/**
 * Which call of which record, node and model this is: the same text in each session of a run, of letters, digits and hyphens.
 * Undefined outside records.
 */
function originOf(model: string): string | undefined {
  const { record, node = '' } = currentOrOutsideScope()
  if (record === undefined) return undefined
  const asker = JSON.stringify([node, model])
  record.calls ??= new Map()
  const call = record.calls.get(asker) ?? 0
  record.calls.set(asker, call + 1)
  const place = createHash('sha256')
    .update(JSON.stringify([record.id, asker]))
    .digest('hex')
    .slice(0, 16)
  return `${place}-${call}`
}

/** Tells a simulator where a request comes from: in a rehearsal its answer depends on that, and not on the wording of a prompt. */
function originHeaders(origin: string | undefined): Record<string, string> | undefined {
  return origin === undefined ? undefined : { [originHeader]: origin }
}
