import { SygraError } from '../../errors.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import { isOutOfMoney } from '../models/server-refusal.ts'
import { signOf, wordOf } from './attempt-sign.ts'
import { type DownRule, ModelHealth, type Outage, type Sign } from './model-health.ts'

/** Which models of a run are down. What is asked of them afterwards is refused, so that no record fails over it. */
export class Outages {
  readonly #health: ModelHealth | undefined
  readonly #onOutage: (message: string) => void
  readonly #messages = new Map<string, string>()

  constructor(rule: DownRule | false, onOutage: (message: string) => void) {
    this.#health = rule === false ? undefined : new ModelHealth(rule)
    this.#onOutage = onOutage
  }

  take(request: RequestEnd): void {
    const sign = signOf(request)
    if (sign !== undefined) this.#take(request.model, { sign, word: wordOf(request), callId: request.callId })
  }

  /** What the failure of an attempt is, where its model is down: the run is stopped, and the record has not failed. */
  stoppedBy(model: string, error: unknown): SygraError | undefined {
    // The event says 429, as if it were the rate.
    if (isOutOfMoney(error)) this.#take(model, { sign: 'refused', word: 'insufficient_quota' })
    const message = this.#messages.get(model)
    return message === undefined ? undefined : new SygraError('run_stopped', message, { cause: error })
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
    const outage = this.#health?.take(model, { ...attempt, atSeconds: monotonicSeconds() })
    if (outage === undefined) return
    const message = messageOf(model, outage)
    this.#messages.set(model, message)
    this.#onOutage(message)
  }
}

function messageOf(model: string, { failures, seconds, lastWord }: Outage): string {
  const span = seconds >= 1 ? ` within ${Math.round(seconds)} s` : ''
  return `model "${model}" is down: ${failures} requests in a row failed${span}, the last with ${lastWord}. ${remedyFor(lastWord)}`
}

function remedyFor(word: string): string {
  if (word === 'http_401' || word === 'http_403') return 'Check its key'
  if (word === 'http_402' || word === 'insufficient_quota') return 'Its account has no money left'
  if (word === 'http_404') return 'Check its name and its address'
  return 'Go on when it answers again'
}
