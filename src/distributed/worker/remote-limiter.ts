import { SygraError } from '../../errors.ts'
import type { LedgerWriter } from '../../runtime/ledger/ledger-writer.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { askOf, reportOf } from '../../workflow/limits/attempt-ask.ts'
import { providerPlaceOf } from '../../workflow/limits/provider-concurrency.ts'
import type { PlannedAttempt, RateLimiter, Release } from '../../workflow/models/model-call.ts'
import type { AskMessage, AttemptLeft, FromWorker, ToWorker } from '../messages.ts'

interface LimiterOptions {
  readonly send: (message: FromWorker) => void
  readonly ledger: LedgerWriter
  /** Where cost or tokens are limited. */
  readonly tokenizer: Tokenizer | undefined
  readonly isSimulated: boolean
  /** Makes the id of a call unlike those of other workers. */
  readonly callIdOf: (callId: string) => string
}

interface Waiting {
  readonly granted: () => void
  readonly refused: (error: unknown) => void
}

/**
 * Stands before every attempt of a worker's nodes: whether it may be sent the coordinator decides, for all workers together,
 * so that limits and rates hold as in one process.
 */
export class RemoteLimiter implements RateLimiter {
  readonly #options: LimiterOptions
  readonly #waiting = new Map<number, Waiting>()
  readonly #leaving = new Map<number, (left: AttemptLeft | undefined) => void>()
  readonly #suspects = new Set<string>()
  #number = 0
  /** Why nothing may be sent that does not ask, such as what foreign code sends. */
  #refusal: string | undefined
  /** Why nobody can be asked any more. */
  #absence: string | undefined

  constructor(options: LimiterOptions) {
    this.#options = options
  }

  async acquire(attempt: PlannedAttempt): Promise<Release> {
    const { client, signal } = attempt.call
    const { tokenizer, isSimulated, callIdOf } = this.#options
    const asked = askOf(attempt, tokenizer)
    this.#number += 1
    const number = this.#number
    const place = providerPlaceOf(client, attempt.place, isSimulated)
    const ask = { ...asked, callId: callIdOf(asked.callId) }
    await this.#ask({ type: 'ask', number, ask, place, url: attempt.place.url }, signal)
    return async (outcome) => {
      const report = reportOf(outcome, client)
      const left = report.hasFailed ? this.#left(number) : undefined
      await this.#eventsTold()
      this.#options.send({ type: 'leave', number, report })
      const answer = await left
      if (answer === undefined || outcome.type === 'answer') return undefined
      if (answer.isSuspected) this.#suspects.add(ask.model)
      else this.#suspects.delete(ask.model)
      return answer.stopped === undefined
        ? undefined
        : new SygraError('run_stopped', answer.stopped, { cause: outcome.error })
    }
  }

  suspects(model: string): boolean {
    return this.#suspects.has(model)
  }

  /** Why nothing may be sent any more; undefined while that is not so. */
  readonly refuse = (): Error | undefined => {
    const message = this.#absence ?? this.#refusal
    return message === undefined ? undefined : new SygraError('run_stopped', message)
  }

  /** Takes what the coordinator says of attempts. */
  hear(message: ToWorker): void {
    if (message.type === 'granted') this.#settle(message.number)?.granted()
    else if (message.type === 'refused') {
      this.#settle(message.number)?.refused(new SygraError('run_stopped', message.message))
    } else if (message.type === 'left') {
      this.#leaving.get(message.number)?.(message)
      this.#leaving.delete(message.number)
    } else if (message.type === 'refuse') this.#refusal ??= message.message
  }

  /** The coordinator is gone: nobody can say that anything may be sent. */
  refuseAll(message: string): void {
    this.#absence ??= message
    for (const number of [...this.#waiting.keys()]) {
      this.#settle(number)?.refused(new SygraError('run_stopped', message))
    }
    for (const leave of this.#leaving.values()) leave(undefined)
    this.#leaving.clear()
  }

  #ask(message: AskMessage, signal: AbortSignal | undefined): Promise<void> {
    const { number } = message
    if (this.#absence !== undefined) return Promise.reject(new SygraError('run_stopped', this.#absence))
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const forget = () => {
        this.#waiting.delete(number)
        this.#options.send({ type: 'forget', number })
        reject(signal?.reason)
      }
      const end = () => signal?.removeEventListener('abort', forget)
      this.#waiting.set(number, {
        granted: () => {
          end()
          resolve()
        },
        refused: (error) => {
          end()
          reject(error)
        },
      })
      signal?.addEventListener('abort', forget, { once: true })
      this.#options.send(message)
    })
  }

  #settle(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    return waiting
  }

  #left(number: number): Promise<AttemptLeft | undefined> {
    if (this.#absence !== undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => this.#leaving.set(number, resolve))
  }

  // What an attempt has cost must be known before its room is given to another one: words stay in their order.
  async #eventsTold(): Promise<void> {
    const { ledger } = this.#options
    while (ledger.isBehind && ledger.problem === undefined && this.#absence === undefined) await ledger.handedOver()
  }
}
