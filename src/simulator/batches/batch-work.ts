import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { logNormal, randomOf } from '../../seeded-random.ts'
import type { AnswerFunction } from '../answers/answer.ts'
import { complete } from '../answers/complete.ts'
import { billOf } from '../attempts/bill.ts'
import type { Completion } from '../attempts/chat-body.ts'
import { faultOf } from '../attempts/faults.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { ApiError } from '../http-answer.ts'
import type { RequestLog } from '../request-log.ts'
import type { SimulatorSettings } from '../settings.ts'

/** What answering the calls of batches takes. */
export interface BatchParts {
  readonly settings: SimulatorSettings
  readonly answers: AnswerFunction | undefined
  readonly log: RequestLog
  /** Counts a call; gives how often it, and its body, came before. */
  readonly seen: (drawKey: string, bodyDigest: string) => { readonly seen: number; readonly bodySeen: number }
  readonly nextIndex: () => number
}

/** A call of a batch. */
export interface BatchCall {
  readonly customId: string
  /** As it was handed in. */
  readonly body: unknown
  readonly parsed: { readonly request: ChatRequest } | { readonly error: ApiError }
}

/** What became of a call. */
export type CallOutcome =
  | { readonly type: 'answer'; readonly customId: string; readonly completion: Completion }
  | { readonly type: 'error'; readonly customId: string; readonly error: ApiError }
  | { readonly type: 'expired' | 'cancelled'; readonly customId: string }

interface WorkOptions {
  readonly calls: readonly BatchCall[]
  /** Aborted when the batch is cancelled, or the simulator closed. */
  readonly ended: AbortSignal
  /** When the calls begin to be answered. */
  readonly onDue?: () => void
}

/** Answers the calls of a batch when they are due: when that is, whether it expires and what fails follow from the seed. */
export async function* workOff(parts: BatchParts, { calls, ended, onDue }: WorkOptions): AsyncGenerator<CallOutcome> {
  const { settings } = parts
  const random = randomOf(settings.seed, JSON.stringify(calls[0]?.body), calls.length, 'batch')
  const isExpiring = random() < settings.batchExpiryRate
  const seconds = settings.timeScale * logNormal({ mean: settings.batchSeconds, sigma: 0.5, random })
  await sleep(seconds * 1000, undefined, { signal: ended }).catch(() => {})
  if (!ended.aborted) onDue?.()
  const mostAnswered = isExpiring ? Math.floor(calls.length / 2) : calls.length
  let isCancelled: boolean = ended.aborted
  for (const [index, call] of calls.entries()) {
    const { customId } = call
    if (isCancelled) yield { type: 'cancelled', customId }
    else if (index >= mostAnswered) yield { type: 'expired', customId }
    else yield await answer(parts, call)
    if (index % 50 !== 49) continue
    await sleep(0)
    isCancelled = ended.aborted
  }
}

async function answer(
  { settings, answers, log, seen, nextIndex }: BatchParts,
  { customId, body, parsed }: BatchCall,
): Promise<CallOutcome> {
  if ('error' in parsed) return { type: 'error', customId, error: parsed.error }
  const { request } = parsed
  const bodyDigest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)
  // As this package names the calls of its batches: the record, the node, the model, and which call it is there.
  const [call, place] = /^([\da-f]{16})-\d{1,9}(?=-)/.exec(customId) ?? []
  const drawKey = call ?? bodyDigest
  const counts = seen(drawKey, bodyDigest)
  const fault = faultOf({ settings, drawKey, seen: counts.seen })
  const facts = {
    index: nextIndex(),
    atMs: Date.now(),
    durationSeconds: 0,
    model: request.model,
    isStream: false,
    bodyDigest,
  }
  if (fault !== undefined) {
    const isRateLimit = fault.type === 'rate-limit'
    const status = isRateLimit ? 429 : 500
    const unused = { promptTokens: 0, completionTokens: 0, costPicodollars: 0, isUsageSent: false }
    log.add({ ...facts, ...unused, status, fault: fault.type })
    const type = isRateLimit ? 'requests' : 'server_error'
    return { type: 'error', customId, error: { status, message: 'The call failed.', type } }
  }
  const completion = await complete({ arrival: { request, drawKey, origin: place, ...counts }, settings, answers })
  const served = { ...completion.usage, serviceTier: 'batch' }
  const bill = billOf({ ...facts, isAzure: false, ...served })
  log.add({ ...facts, isUsageSent: true, status: 200, ...served, ...bill })
  return { type: 'answer', customId, completion }
}
