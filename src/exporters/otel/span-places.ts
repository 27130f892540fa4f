import type { ActorEnd, RunStart } from '../../metadata/event.ts'
import { readTraceparent } from '../../metadata/events/traceparent.ts'
import { type SpanPlace, spanIdOf, traceIdOf } from './span.ts'

interface RunPlace extends SpanPlace {
  readonly runId: string
  /** The span in which the run was started. */
  readonly parent: SpanPlace | undefined
}

/** The trace of a run and the span in which it was started, as its start tells it. */
export function placeOfRun(
  start: (Pick<RunStart, 'runId' | 'traceparent'> & Partial<Pick<RunStart, 'session' | 'worker'>>) | undefined,
): RunPlace {
  const runId = start?.runId ?? ''
  const parent = readTraceparent(start?.traceparent)
  // Of a program whose processes send each for itself, the first has the span of the run.
  const own = start?.worker === undefined || start.worker === 'w1' ? [] : [start.worker]
  const spanId = spanIdOf(runId, start?.session, 'run', ...own)
  return { runId, parent, traceId: parent?.traceId ?? traceIdOf(runId), spanId }
}

/** What never ends, as in a process that was killed, is forgotten nowhere. */
const maxKnown = 10_000

/** Where the spans of a run are: their ids follow from what they are of. */
export class SpanPlaces {
  #run = placeOfRun(undefined)
  #session: number | undefined
  /** When what is known of each execution that goes on began and ended. */
  readonly #known = new Map<string, { fromMs: number; toMs: number }>()
  /** How often each node, agent and tool of a record in work has ended. */
  readonly #executions = new Map<string, Map<string, number>>()

  get run(): RunPlace {
    return this.#run
  }

  begin(start: RunStart): void {
    if (start.session !== this.#session) this.#executions.clear()
    this.#run = placeOfRun(start)
    this.#session = start.session
  }

  /** A span within the trace of the run. */
  within(...parts: readonly (string | number | undefined)[]): SpanPlace {
    const { runId, traceId } = this.#run
    return { traceId, spanId: spanIdOf(runId, this.#session, ...parts) }
  }

  record(recordId: string): SpanPlace {
    return this.within('record', recordId)
  }

  /** The execution of a node that has not ended. */
  node(node: string, recordId: string | undefined): SpanPlace {
    const count = this.#executions.get(recordId ?? '')?.get(`node ${node}`) ?? 0
    return this.within('node', recordId, node, count)
  }

  endNode(node: string, recordId: string | undefined): void {
    this.#count(recordId, `node ${node}`)
  }

  /** The execution of an agent or a tool that ends. */
  endActor({ kind, name, node, recordId }: ActorEnd): SpanPlace {
    const what = `${kind} ${name}`
    const count = this.#count(recordId, `${node ?? ''} ${what}`)
    return this.within(what, recordId, node, count)
  }

  /** What an agent or a tool is in: the execution of its node that has not ended, or the record, or the run. */
  around({ node, recordId }: ActorEnd): SpanPlace {
    if (recordId === undefined) return this.#run
    return node === undefined ? this.record(recordId) : this.node(node, recordId)
  }

  /** An execution of an agent or a tool that has an id of its own. */
  execution(id: string | undefined): SpanPlace | undefined {
    return id === undefined || !/^[0-9a-f]{16}$/.test(id) ? undefined : { traceId: this.#run.traceId, spanId: id }
  }

  /** Something is known of what happened in an execution. */
  note(id: string | undefined, fromMs: number, toMs: number): void {
    if (id === undefined) return
    const known = this.#known.get(id)
    if (known === undefined && this.#known.size >= maxKnown) return
    this.#known.set(id, {
      fromMs: Math.min(fromMs, known?.fromMs ?? fromMs),
      toMs: Math.max(toMs, known?.toMs ?? toMs),
    })
  }

  /** When an execution was, as far as is known from what happened in it. It is asked once, when it ends. */
  takeKnown(id: string | undefined): { readonly fromMs: number; readonly toMs: number } | undefined {
    if (id === undefined) return undefined
    const known = this.#known.get(id)
    this.#known.delete(id)
    return known
  }

  endRecord(recordId: string): void {
    this.#executions.delete(recordId)
  }

  #count(recordId = '', what: string): number {
    let counts = this.#executions.get(recordId)
    if (counts === undefined) {
      counts = new Map()
      this.#executions.set(recordId, counts)
    }
    const count = counts.get(what) ?? 0
    counts.set(what, count + 1)
    return count
  }
}
