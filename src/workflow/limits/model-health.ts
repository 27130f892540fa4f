/** When so many attempts in a row have failed a model is down. */
export interface DownRule {
  /** Failed attempts in a row; 10 by default. */
  readonly failures?: number
  /** Seconds that they must span, unless waiting cannot help (a wrong key, no such model); 30 by default. */
  readonly seconds?: number
}

/** Refused: waiting cannot help. Trouble: it may. Alive: the model answers, if only that it will not. */
export type Sign = 'alive' | 'trouble' | 'refused'

// A prompt that a server cannot digest fails whenever it is sent: a few calls are no outage.
const leastCalls = 3

interface Row {
  failures: number
  /** Of the calls that failed, as many as it takes. */
  readonly calls: Set<string | undefined>
  startedAt: number
  areAllRefused: boolean
}

/** A model that is down, and how that was seen. */
export interface Outage {
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
export class ModelHealth {
  readonly #failures: number
  readonly #seconds: number
  readonly #rows = new Map<string, Row>()

  constructor({ failures = 10, seconds = 30 }: DownRule = {}) {
    this.#failures = failures
    this.#seconds = seconds
  }

  /** Takes in how an attempt went; gives the outage when the model is down by now. */
  take(model: string, attempt: AttemptSign): Outage | undefined {
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
