import { statSync } from 'node:fs'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { type MetadataEvent, type RequestEnd, succeeded } from '../../metadata/event.ts'
import type { Usage } from '../../metadata/usage.ts'
import { recordCacheHit } from '../../runtime/collector/record-cache-hit.ts'
import { type HeldLock, takeLock } from '../../runtime/files/file-lock.ts'
import { currentOrOutsideScope, type Operation } from '../../runtime/scope.ts'
import type { CallCache, ModelCall } from '../models/model-call.ts'
import type { AnswerFolder } from './answer-folder.ts'
import { AnswerKeys } from './answer-key.ts'
import { AnswerSamples, slotOf } from './answer-samples.ts'
import type { AnswerPlace, KeptAnswer } from './kept-answer.ts'

type Result = LanguageModelV3GenerateResult

interface AnswerCacheOptions {
  readonly folder: AnswerFolder
  /** What shapes the answers of a simulator, where one answers. */
  readonly simulation: string | undefined
  /** The answers that records which are done have had. */
  readonly slots?: Iterable<string>
}

/** Finish reasons of answers that are whole: others a further try may do better than. */
const wholeAnswers: ReadonlySet<string> = new Set(['stop', 'tool-calls', 'other'])

/** The answers of a run that were kept, and those that it keeps. */
export class AnswerCache implements CallCache {
  readonly #folder: AnswerFolder
  readonly #keys: AnswerKeys
  readonly #samples: AnswerSamples
  /** Calls whose request-end is awaited: it says what the answer has used. */
  readonly #asked = new Map<string, RequestEnd | undefined>()

  constructor({ folder, simulation, slots }: AnswerCacheOptions) {
    this.#folder = folder
    this.#keys = new AnswerKeys(simulation)
    this.#samples = new AnswerSamples(slots)
  }

  /** Answers a call by what is kept, else by asking; what is asked is kept. */
  async through(call: ModelCall, operation: Operation, ask: () => Promise<Result>): Promise<Result> {
    const key = this.#keys.of(call)
    const place: AnswerPlace = { key, sample: this.#samples.take(key) }
    try {
      const kept = this.#folder.read(place)
      if (kept !== undefined) return this.#hit(call, place, kept)
      const found = () => this.#folder.read(place)
      const known = await lockOrAnswer(`${this.#folder.pathOf(place)}.lock`, { found, signal: call.signal })
      if ('answer' in known) return this.#hit(call, place, known.answer)
      try {
        return await this.#ask(place, { call, operation, ask })
      } finally {
        known.lock?.release()
      }
    } catch (error) {
      this.#samples.give(key, place.sample)
      throw error
    }
  }

  /** Takes an answer back that turned out to be of no use, so that it is asked for anew next time. */
  forget(result: Result): void {
    const place = (result as PlacedResult)[placeKey]
    if (place !== undefined) this.#folder.remove(place)
  }

  /** Takes in an event of the run. */
  readonly take = (event: MetadataEvent): void => {
    if (event.type !== 'request-end' || event.callId === undefined || !this.#asked.has(event.callId)) return
    if (succeeded(event)) this.#asked.set(event.callId, event)
  }

  /** Waits until nothing is left to be done in the folder. */
  async close(): Promise<void> {
    await this.#folder.settle()
  }

  #hit({ client }: ModelCall, place: AnswerPlace, kept: KeptAnswer & { readonly keptAtMs: number }): Result {
    const { result, facts, keptAtMs } = kept
    const slot = slotOf(place.key, place.sample)
    const scope = { ...currentOrOutsideScope(), model: client.identity }
    recordCacheHit(scope, { ...facts, slot, keptAtMs }, [client.identity.url ?? ''].flat()[0] ?? '')
    return placed(result, place)
  }

  async #ask(place: AnswerPlace, { call, operation, ask }: Asking): Promise<Result> {
    const { callId } = operation
    operation.cacheSlot = slotOf(place.key, place.sample)
    this.#asked.set(callId, undefined)
    try {
      const result = await ask()
      if (!wholeAnswers.has(result.finishReason.unified)) return result
      // What is recorded of a request may come a moment after its answer.
      if (this.#asked.get(callId) === undefined) await setImmediate()
      const request = this.#asked.get(callId)
      this.#folder.write(place, { result, facts: factsOf(call, result, request) })
      // What a model object gives may be frozen.
      return placed({ ...result }, place)
    } finally {
      this.#asked.delete(callId)
    }
  }
}

/** Under it an answer has where it stands: a map of answers would take longer than reading one. */
const placeKey = Symbol('place')
type PlacedResult = Result & { [placeKey]?: AnswerPlace }

function placed(result: PlacedResult, place: AnswerPlace): Result {
  result[placeKey] = place
  return result
}

interface Asking {
  readonly call: ModelCall
  readonly operation: Operation
  readonly ask: () => Promise<Result>
}

function factsOf({ client }: ModelCall, result: Result, request: RequestEnd | undefined): KeptAnswer['facts'] {
  const model = client.upstreamModel
  if (request === undefined) return { model, usage: usageOf(result) }
  const { upstreamModel, finishReason, serviceTier, inferenceGeo, usage, cost } = request
  return {
    model,
    upstreamModel,
    finishReason,
    serviceTier,
    inferenceGeo,
    usage,
    cost: cost && { status: cost.status, picodollars: cost.picodollars },
  }
}

/** What the client says that an answer has used, where nothing was recorded of it. */
function usageOf({ usage: { inputTokens, outputTokens } }: Result): Usage | undefined {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return undefined
  const { total: input, noCache, cacheRead, cacheWrite } = inputTokens
  const { total: output, text, reasoning } = outputTokens
  return {
    input: noCache ?? input,
    cacheRead,
    cacheWrite5m: cacheWrite,
    output: reasoning === undefined ? output : (text ?? (output ?? 0) - reasoning),
    reasoning,
  }
}

/** A lock that is older is taken for one whose machine is gone, in milliseconds. */
const forgottenMs = 15 * 60_000
const longestPauseMs = 200

/**
 * Waits until nobody else asks for the same answer: `found` looks for it meanwhile, so that of many who ask the same at once
 * one makes the request. Gives the answer, or the lock with which it may be asked for; without one where none can be had.
 */
async function lockOrAnswer<Answer>(
  path: string,
  { found, signal }: { readonly found: () => Answer | undefined; readonly signal: AbortSignal | undefined },
): Promise<{ readonly answer: Answer } | { readonly lock: HeldLock | undefined }> {
  for (let pauseMs = 5; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const lock = tryToLock(path)
    if (lock === undefined || lock.type === 'held') {
      // Whoever had the lock may have kept the answer since it was looked for.
      const answer = found()
      if (answer === undefined) return { lock }
      lock?.release()
      return { answer }
    }
    if (isForgotten(path)) return { lock: undefined }
    await wait(pauseMs, undefined, { signal })
    const answer = found()
    if (answer !== undefined) return { answer }
  }
}

/** Undefined where the folder takes no lock: a request too many is better than a run that stops. */
function tryToLock(path: string) {
  try {
    return takeLock(path)
  } catch {
    return undefined
  }
}

function isForgotten(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > forgottenMs
  } catch {
    return false
  }
}
