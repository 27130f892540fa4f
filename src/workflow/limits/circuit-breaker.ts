import { SygraError } from '../../errors.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { type Sign, signOf, wordOf } from '../../metadata/events/request-failure.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'

/** Which models of a run are down. What is asked of them afterwards is refused, so that no record fails over it. */
export class CircuitBreaker {
  readonly #health: ConsecutiveFailures | undefined
  readonly #onDown: (message: string) => void
  readonly #messages = new Map<string, string>()

  constructor(rule: DownRule | false, onDown: (message: string) => void) {
    this.#health = rule === false ? undefined : new ConsecutiveFailures(rule)
    this.#onDown = onDown
  }

  take(request: RequestEnd): void {
    const sign = signOf(request)
    if (sign !== undefined) this.#take(request.model, { sign, word: wordOf(request), callId: request.callId })
  }

  /** Why the run stops over the failure of an attempt, where its model is down: the record has not failed then. */
  stoppedBy(model: string, { isOutOfMoney }: { readonly isOutOfMoney: boolean }): string | undefined {
    // The event says 429, as if it were the rate.
    if (isOutOfMoney) this.#take(model, { sign: 'refused', word: 'insufficient_quota' })
    return this.#messages.get(model)
  }

  /** @throws SygraError `run_stopped` when the model is down. */
  check(model: string): void {
    const message = this.#messages.get(model)
    if (message !== undefined) throw new SygraError('run_stopped', message)
  }

  /** True when enough attempts in a row have failed, though not for long enough yet. */
  suspects(model: string): boolean {
    return this.#health?.suspects(model) ?? false
  }

  #take(model: string, attempt: { readonly sign: Sign; readonly word: string; readonly callId?: string }): void {
    if (this.#messages.has(model)) return
    const down = this.#health?.take(model, { ...attempt, atSeconds: monotonicSeconds() })
    if (down === undefined) return
    const message = messageOf(model, down)
    this.#messages.set(model, message)
    this.#onDown(message)
  }
}

function messageOf(model: string, { failures, seconds, lastWord }: DownModel): string {
  const span = seconds >= 1 ? ` within ${Math.round(seconds)} s` : ''
  return `model "${model}" is down: ${failures} requests in a row failed${span}, the last with ${lastWord}. ${remedyFor(lastWord)}`
}

function remedyFor(word: string): string {
  if (word === 'http_401' || word === 'http_403') return 'Check its key'
  if (word === 'http_402' || word === 'insufficient_quota') return 'Its account has no money left'
  if (word === 'http_404') return 'Check its name and its address'
  return 'Go on when it answers again'
}

/** When so many attempts in a row have failed a model is down. */
export interface DownRule {
  /** Failed attempts in a row; 10 by default. */
  readonly failures?: number
  /** Seconds that they must span, unless waiting cannot help (a wrong key, no such model); 30 by default. */
  readonly seconds?: number
}

// A prompt that a server cannot digest fails whenever it is sent: a few calls do not show that the model is down.
const leastCalls = 3

interface Row {
  failures: number
  /** Of the calls that failed, as many as it takes. */
  readonly calls: Set<string | undefined>
  startedAt: number
  areAllRefused: boolean
}

/** A model that is down, and how that was seen. */
export interface DownModel {
  readonly failures: number
  readonly seconds: number
  /** How the last attempt failed: `http_503`, `ECONNREFUSED`. */
  readonly lastWord: string
}

/** How an attempt went. */
interface AttemptSign {
  readonly sign: Sign
  readonly word: string
  /** Monotonic. */
  readonly atSeconds: number
  readonly callId?: string
}

/** The failures in a row of each model. */
export class ConsecutiveFailures {
  readonly #failures: number
  readonly #seconds: number
  readonly #rows = new Map<string, Row>()

  constructor({ failures = 10, seconds = 30 }: DownRule = {}) {
    this.#failures = failures
    this.#seconds = seconds
  }

  /** Takes in how an attempt went; says how the model is down, once it is. */
  take(model: string, attempt: AttemptSign): DownModel | undefined {
    const { sign, word, atSeconds, callId } = attempt
    if (sign === 'alive') {
      this.#rows.delete(model)
      return undefined
    }
    const isRefused = sign === 'refused'
    const row = this.#rows.get(model) ?? { failures: 0, calls: new Set(), startedAt: atSeconds, areAllRefused: true }
    row.failures += 1
    if (row.calls.size < leastCalls) row.calls.add(callId)
    row.areAllRefused &&= isRefused
    this.#rows.set(model, row)
    const seconds = atSeconds - row.startedAt
    if (row.failures < this.#failures || (!row.areAllRefused && seconds < this.#seconds)) return undefined
    return { failures: row.failures, seconds, lastWord: word }
  }

  /** True when enough attempts in a row have failed for the model to be down, though it may be too soon to say. */
  suspects(model: string): boolean {
    const row = this.#rows.get(model)
    return row !== undefined && row.failures >= this.#failures && row.calls.size >= leastCalls
  }
}
