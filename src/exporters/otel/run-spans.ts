import { DeferredReads } from '../../metadata/deferred-reads.ts'
import type { ActorEnd, MetadataEvent, NodeEnd, RecordEnd, RequestEnd, RunEnd, RunStart } from '../../metadata/event.ts'
import { reachedProvider, succeeded } from '../../metadata/event.ts'
import { attemptAttributes, callAttributes, type EndedCall, factsOf, type ModelPlace } from './call.ts'
import type { Conventions } from './conventions.ts'
import { placeOf, type SpanData, type SpanPlace, spanIdOf, traceIdOf } from './span.ts'

export interface RunSpansOptions {
  readonly names: Conventions
  /** Told of each call when it has ended, for metrics. */
  readonly onCall?: (call: EndedCall) => void
  /** Removes what must not be sent from a text. */
  readonly clean?: (text: string) => string
}

// SDKs wait up to 60 seconds for a Retry-After; a retry that comes later is a call of its own to the account, too.
const retryWindowMs = 120_000
/** So many calls wait for the end of their node or for their retry; beyond it they are sent as they are. */
const maxWaiting = 10_000

/** A call that may still be retried, or whose node has not ended. */
interface WaitingCall {
  readonly attempts: [RequestEnd, ...RequestEnd[]]
  lastEndMs: number
}

/**
 * Spans from the events of a run: the run is `invoke_workflow`, within it its records, within them executions of nodes, within
 * those agents, tools and calls, below a call its HTTP attempts. Where a call was sent within a span of the program's own, that is
 * its parent. Ids follow from what a span is of: the same events give the same spans.
 */
export class RunSpans {
  readonly #options: Required<RunSpansOptions>
  readonly #deferred = new DeferredReads()
  readonly #places = new Map<string, ModelPlace | undefined>()
  #run: RunPlace = placeOfRun(undefined)
  #start: RunStart | undefined
  /** By record and node: the calls in them that wait, by their ids. */
  readonly #waiting = new Map<string, Map<string, WaitingCall>>()
  #waitingCount = 0
  /** How often each node, agent and tool of a record in work has ended. */
  readonly #executions = new Map<string, Map<string, number>>()

  constructor({ names, onCall = () => {}, clean = (text) => text }: RunSpansOptions) {
    this.#options = { names, onCall, clean }
  }

  /** The trace of the run and its own span. */
  get place(): SpanPlace {
    return this.#run
  }

  /** Takes an event; gives the spans that have ended with it. `atMs`: when it was recorded. */
  take(event: MetadataEvent, atMs: number): SpanData[] {
    const spans: SpanData[] = []
    switch (event.type) {
      case 'run-start':
        if (event.session !== this.#start?.session) spans.push(...this.#flush())
        this.#start = event
        this.#run = placeOfRun(event)
        break
      case 'model-open':
        if (!this.#places.has(event.model)) this.#places.set(event.model, modelPlace(event))
        break
      case 'request-end':
        if (!this.#deferred.isReadAgain(event)) spans.push(...this.#request(event))
        break
      case 'actor-end':
        spans.push(...this.#actor(event, atMs))
        break
      case 'node-end':
        spans.push(...this.#node(event, atMs))
        break
      case 'record-end':
        spans.push(...this.#record(event, atMs))
        break
      case 'run-end':
        spans.push(...this.#flush(), ...this.#runSpan(event))
        break
      default:
        break
    }
    return spans
  }

  /** The calls whose retry will come no more. */
  flushOld(nowMs: number): SpanData[] {
    return this.#take((call) => call.lastEndMs < nowMs - retryWindowMs && isOver(call), undefined)
  }

  /** All that waits, as when the process ended in the middle. */
  end(): SpanData[] {
    return this.#flush()
  }

  #flush(): SpanData[] {
    const spans = this.#take(() => true, undefined)
    this.#executions.clear()
    return spans
  }

  #request(end: RequestEnd): SpanData[] {
    const key = keyOf(end)
    const calls = this.#waiting.get(key) ?? new Map<string, WaitingCall>()
    const id = end.callId ?? `${end.startedAtMs} ${end.durationSeconds}`
    const known = calls.get(id)
    const lastEndMs = end.startedAtMs + end.durationSeconds * 1000
    if (known === undefined) {
      calls.set(id, { attempts: [end], lastEndMs })
      this.#waiting.set(key, calls)
      this.#waitingCount += 1
    } else {
      known.attempts.push(end)
      known.lastEndMs = lastEndMs
    }
    const spans: SpanData[] = []
    // Outside of records nothing tells which execution of a node a call belongs to: it has nothing to wait for but its retry.
    if (end.recordId === undefined && succeeded(end)) {
      spans.push(...this.#takeOf(key, (_, callId) => callId === id, undefined))
    }
    if (this.#waitingCount > maxWaiting) spans.push(...this.#take(() => true, undefined))
    return [...spans, ...this.flushOld(lastEndMs)]
  }

  #actor(end: ActorEnd, atMs: number): SpanData[] {
    const { kind, name, durationSeconds } = end
    if (durationSeconds === undefined) return []
    const place = this.#nextExecution(end, `${kind} ${name}`)
    const isOfActor = ({ attempts: [first] }: WaitingCall) =>
      kind === 'agent' ? first.agent === name && first.tool === undefined : first.tool === name
    const calls = end.recordId === undefined ? [] : this.#takeOf(keyOf(end), isOfActor, place)
    const operation = kind === 'agent' ? 'invoke_agent' : 'execute_tool'
    const span = this.#span({
      place,
      parent: this.#placeAround(end),
      name: `${operation} ${name}`,
      kind: 'internal',
      startedAtMs: atMs - durationSeconds * 1000,
      endedAtMs: atMs,
      attributes: {
        'gen_ai.operation.name': operation,
        [kind === 'agent' ? 'gen_ai.agent.name' : 'gen_ai.tool.name']: name,
        'sygra.node.name': end.node,
        'sygra.record.id': end.recordId,
        'error.type': end.succeeded === false ? (end.errorType ?? '_OTHER') : undefined,
      },
      error: end.succeeded === false ? (end.errorType ?? '_OTHER') : undefined,
    })
    return [...calls, span]
  }

  #node(end: NodeEnd, atMs: number): SpanData[] {
    const { node, nodeType, recordId, durationSeconds } = end
    const place = this.#placeOfNode(node, recordId)
    const calls = recordId === undefined ? [] : this.#takeOf(keyOf(end), () => true, place)
    this.#countExecution(recordId, `node ${node}`)
    const error = end.succeeded ? undefined : (end.errorType ?? '_OTHER')
    const span = this.#span({
      place,
      parent: recordId === undefined ? this.#run : this.#placeOfRecord(recordId),
      name: node,
      kind: 'internal',
      startedAtMs: atMs - durationSeconds * 1000,
      endedAtMs: atMs,
      attributes: {
        'sygra.node.name': node,
        'sygra.node.type': nodeType,
        'sygra.record.id': recordId,
        'error.type': error,
      },
      error,
    })
    return [...calls, span]
  }

  #record(end: RecordEnd, atMs: number): SpanData[] {
    const { recordId, durationSeconds = 0 } = end
    if (recordId === undefined) return []
    const place = this.#placeOfRecord(recordId)
    const calls = [...this.#waiting.keys()]
      .filter((key) => key.startsWith(`${recordId}\n`))
      .flatMap((key) => this.#takeOf(key, () => true, place))
    this.#executions.delete(recordId)
    const error = end.succeeded ? undefined : (end.errorType ?? '_OTHER')
    const span = this.#span({
      place,
      parent: this.#run,
      name: 'record',
      kind: 'internal',
      startedAtMs: atMs - durationSeconds * 1000,
      endedAtMs: atMs,
      attributes: { 'sygra.record.id': recordId, 'error.type': error },
      error,
    })
    return [...calls, span]
  }

  #runSpan(end: RunEnd): SpanData[] {
    const start = this.#start
    if (start === undefined) return []
    const task = start.context.taskName ?? 'unknown'
    const error = end.status === 'failed' ? (end.reason ?? 'failed') : undefined
    return [
      this.#span({
        place: this.#run,
        parent: this.#run.parent,
        name: `invoke_workflow ${task}`,
        kind: 'internal',
        startedAtMs: start.startedAtMs,
        endedAtMs: end.endedAtMs,
        attributes: {
          'gen_ai.operation.name': 'invoke_workflow',
          'gen_ai.workflow.name': task,
          'sygra.run.status': end.status,
          'sygra.run.session': start.session,
          'sygra.run.records': end.records,
          'error.type': error === undefined ? undefined : '_OTHER',
        },
        error,
      }),
    ]
  }

  /** The spans of the waiting calls that are meant, within `place` where they have no other parent. */
  #take(isMeant: (call: WaitingCall, id: string) => boolean, place: SpanPlace | undefined): SpanData[] {
    if (this.#waitingCount === 0) return []
    return [...this.#waiting.keys()].flatMap((key) => this.#takeOf(key, isMeant, place))
  }

  #takeOf(key: string, isMeant: (call: WaitingCall, id: string) => boolean, place: SpanPlace | undefined): SpanData[] {
    const calls = this.#waiting.get(key)
    if (calls === undefined) return []
    const spans: SpanData[] = []
    for (const [id, call] of calls) {
      if (!isMeant(call, id)) continue
      calls.delete(id)
      this.#waitingCount -= 1
      spans.push(...this.#spansOfCall(call.attempts, place))
    }
    if (calls.size === 0) this.#waiting.delete(key)
    return spans
  }

  #spansOfCall(attempts: [RequestEnd, ...RequestEnd[]], place: SpanPlace | undefined): SpanData[] {
    const [first] = attempts
    const call = { attempts, place: this.#places.get(first.model) ?? noPlace }
    this.#options.onCall(call)
    // The program's own OpenTelemetry has a span of it.
    if (first.isTraced) return []
    const facts = factsOf(call)
    const own = placeOf(first.traceparent)
    // Where the whole run was started in a span, that says no more than the run does.
    const isWithinProgram = own !== undefined && own.spanId !== this.#run.parent?.spanId
    const parent = isWithinProgram ? own : (place ?? this.#run)
    const spanId = spanIdOf(
      this.#run.runId,
      this.#start?.session,
      'call',
      first.callId,
      first.resendCount,
      first.startedAtMs,
    )
    const callPlace = { traceId: parent.traceId, spanId }
    const attributes = callAttributes(call, facts, this.#options.names)
    const span = this.#span({
      place: callPlace,
      parent,
      name: `${String(attributes['gen_ai.operation.name'])} ${first.model}`,
      kind: 'client',
      startedAtMs: facts.startedAtMs,
      endedAtMs: facts.endedAtMs,
      attributes: { 'sygra.run.id': this.#run.runId, ...attributes },
      error: facts.error,
    })
    // A program with spans of its own has those of HTTP too, as a rule.
    if (isWithinProgram || !reachedProvider(first)) return [span]
    return [span, ...attempts.map((attempt) => this.#attemptSpan(attempt, call.place, callPlace))]
  }

  #attemptSpan(attempt: RequestEnd, modelPlace: ModelPlace, call: SpanPlace): SpanData {
    const attributes = attemptAttributes(attempt, modelPlace)
    const { startedAtMs, durationSeconds, resendCount } = attempt
    const error = attributes['error.type']
    return this.#span({
      place: { traceId: call.traceId, spanId: spanIdOf(call.spanId, 'attempt', resendCount, startedAtMs) },
      parent: call,
      name: 'POST',
      kind: 'client',
      startedAtMs,
      endedAtMs: startedAtMs + durationSeconds * 1000,
      attributes,
      error: typeof error === 'string' ? error : undefined,
    })
  }

  #span({ place, parent, ...span }: SpanInput): SpanData {
    const { clean } = this.#options
    const attributes = Object.entries(span.attributes).map(([key, value]) => [
      key,
      typeof value === 'string' ? clean(value) : value,
    ])
    return {
      ...span,
      traceId: place.traceId,
      spanId: place.spanId,
      parentSpanId: parent?.spanId,
      name: clean(span.name),
      attributes: Object.fromEntries(attributes),
      error: span.error === undefined ? undefined : clean(span.error),
    }
  }

  #placeOfRecord(recordId: string): SpanPlace {
    return { ...this.#run, spanId: spanIdOf(this.#run.runId, this.#start?.session, 'record', recordId) }
  }

  #placeOfNode(node: string, recordId: string | undefined): SpanPlace {
    const count = this.#executions.get(recordId ?? '')?.get(`node ${node}`) ?? 0
    const { runId, traceId } = this.#run
    return { traceId, spanId: spanIdOf(runId, this.#start?.session, 'node', recordId, node, count) }
  }

  #nextExecution({ recordId, node }: ActorEnd, what: string): SpanPlace {
    const count = this.#countExecution(recordId, `${node ?? ''} ${what}`)
    const { runId, traceId } = this.#run
    return { traceId, spanId: spanIdOf(runId, this.#start?.session, what, recordId, node, count) }
  }

  /** What an agent or a tool is in: the execution of its node that has not ended, or the record, or the run. */
  #placeAround({ node, recordId }: ActorEnd): SpanPlace {
    if (recordId === undefined) return this.#run
    return node === undefined ? this.#placeOfRecord(recordId) : this.#placeOfNode(node, recordId)
  }

  #countExecution(recordId: string | undefined, what: string): number {
    let counts = this.#executions.get(recordId ?? '')
    if (counts === undefined) {
      counts = new Map()
      this.#executions.set(recordId ?? '', counts)
    }
    const count = counts.get(what) ?? 0
    counts.set(what, count + 1)
    return count
  }
}

type SpanInput = Omit<SpanData, 'traceId' | 'spanId' | 'parentSpanId'> & {
  readonly place: SpanPlace
  readonly parent: SpanPlace | undefined
}

interface RunPlace extends SpanPlace {
  readonly runId: string
  /** The span in which the run was started. */
  readonly parent: SpanPlace | undefined
}

function placeOfRun(start: RunStart | undefined): RunPlace {
  const runId = start?.runId ?? ''
  const parent = placeOf(start?.traceparent)
  return { runId, parent, traceId: parent?.traceId ?? traceIdOf(runId), spanId: spanIdOf(runId, start?.session, 'run') }
}

function isOver({ attempts }: WaitingCall): boolean {
  return attempts[0].recordId === undefined
}

function keyOf({ recordId, node }: Pick<RequestEnd, 'recordId' | 'node'>): string {
  return `${recordId ?? ''}\n${node ?? ''}`
}

const noPlace: ModelPlace = { provider: undefined, host: undefined, port: undefined }

function modelPlace({
  provider,
  url,
}: {
  readonly provider?: string
  readonly url?: string | readonly string[]
}): ModelPlace {
  if (typeof url !== 'string' || !URL.canParse(url)) return { ...noPlace, provider }
  const { hostname, port, protocol } = new URL(url)
  const usual = protocol === 'http:' ? 80 : 443
  return { provider, host: hostname || undefined, port: port === '' ? usual : Number(port) }
}
