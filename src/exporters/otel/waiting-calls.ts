import type { RequestEnd } from '../../metadata/event.ts'

/** All attempts of a call so far, in their order. */
export type Attempts = [RequestEnd, ...RequestEnd[]]

/** A call that may still be retried, or whose node has not ended. */
interface WaitingCall {
  readonly id: string
  readonly attempts: Attempts
  lastEndMs: number
}

/** Where in a run a request was sent. */
export type CallPlace = Pick<RequestEnd, 'recordId' | 'node'>

// SDKs wait up to 60 seconds for a Retry-After; a retry that comes later is a call of its own to the account, too.
const retryWindowMs = 120_000
/** So many calls wait for the end of their node or for their retry; beyond it they are given as they are. */
const maxWaiting = 10_000

/**
 * Requests as the calls they are attempts of: a call waits for its retry, and within a record for the end of its node, to which
 * it belongs. Outside of records nothing tells which execution of a node a call belongs to: it waits for its retry alone.
 */
export class WaitingCalls {
  /** By record and node, `''` for none. */
  readonly #calls = new Map<string, Map<string, Map<string, WaitingCall>>>()
  /** Those outside of records, the one that was tried least lately first. */
  readonly #retryable = new Set<WaitingCall>()
  #count = 0

  /** Takes an attempt. */
  add(end: RequestEnd): void {
    const { recordId = '', node = '' } = end
    const nodes = madeIn(this.#calls, recordId, () => new Map<string, Map<string, WaitingCall>>())
    const calls = madeIn(nodes, node, () => new Map<string, WaitingCall>())
    const id = callIdOf(end)
    const lastEndMs = end.startedAtMs + end.durationSeconds * 1000
    const known = calls.get(id)
    const call: WaitingCall = known ?? { id, attempts: [end], lastEndMs }
    if (known === undefined) {
      calls.set(id, call)
      this.#count += 1
    } else {
      call.attempts.push(end)
      call.lastEndMs = lastEndMs
      this.#retryable.delete(call)
    }
    if (end.recordId === undefined) this.#retryable.add(call)
  }

  /** More wait than there is room for. */
  get isFull(): boolean {
    return this.#count > maxWaiting
  }

  /** The call that this attempt is the last of. */
  takeCallOf(end: RequestEnd): Attempts[] {
    const call = this.#calls
      .get(end.recordId ?? '')
      ?.get(end.node ?? '')
      ?.get(callIdOf(end))
    return call === undefined ? [] : [this.#take(call)]
  }

  /** The calls of a node, or those of them that are meant. */
  takeOfNode(
    { recordId = '', node = '' }: CallPlace,
    isMeant: (first: RequestEnd) => boolean = () => true,
  ): Attempts[] {
    const calls = [...(this.#calls.get(recordId)?.get(node)?.values() ?? [])]
    return calls.filter(({ attempts: [first] }) => isMeant(first)).map((call) => this.#take(call))
  }

  takeOfRecord(recordId: string): Attempts[] {
    return [...(this.#calls.get(recordId)?.keys() ?? [])].flatMap((node) => this.takeOfNode({ recordId, node }))
  }

  /** The calls whose retry will come no more. */
  takeOld(nowMs: number): Attempts[] {
    const old: Attempts[] = []
    for (const call of this.#retryable) {
      if (call.lastEndMs >= nowMs - retryWindowMs) break
      old.push(this.#take(call))
    }
    return old
  }

  takeAll(): Attempts[] {
    return [...this.#calls.keys()].flatMap((recordId) => this.takeOfRecord(recordId))
  }

  #take(call: WaitingCall): Attempts {
    const [{ recordId = '', node = '' }] = call.attempts
    const nodes = this.#calls.get(recordId)
    const calls = nodes?.get(node)
    if (calls?.delete(call.id) === true) this.#count -= 1
    if (calls?.size === 0) nodes?.delete(node)
    if (nodes?.size === 0) this.#calls.delete(recordId)
    this.#retryable.delete(call)
    return call.attempts
  }
}

function callIdOf({ callId, startedAtMs, durationSeconds }: RequestEnd): string {
  return callId ?? `${startedAtMs} ${durationSeconds}`
}

function madeIn<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
