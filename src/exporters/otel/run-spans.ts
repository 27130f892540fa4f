import type { ActorEnd, MetadataEvent, NodeEnd, RecordEnd, RequestEnd, RunEnd, RunStart } from '../../metadata/event.ts'
import { reachedProvider, succeeded } from '../../metadata/event.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { readTraceparent } from '../../metadata/events/traceparent.ts'
import { ExecutionState } from '../../metadata/totals/execution-state.ts'
import {
  attemptAttributes,
  callAttributes,
  type EndedCall,
  factsOf,
  type ModelPlace,
  modelPlace,
  noPlace,
} from './call.ts'
import type { Conventions } from './conventions.ts'
import { actorFacts, type ExecutionFacts, failureOf, nodeFacts, recordFacts, runFacts } from './execution.ts'
import { type SpanData, type SpanPlace, spanIdOf } from './span.ts'
import { SpanPlaces } from './span-places.ts'
import { type Attempts, WaitingCalls } from './waiting-calls.ts'

export interface RunSpansOptions {
  readonly names: Conventions
  /** Told of each call when it has ended, for metrics. */
  readonly onCall?: (call: EndedCall) => void
  /** Removes what must not be sent from a text. */
  readonly clean?: (text: string) => string
}

/**
 * Spans from the events of a run: the run is `invoke_workflow`, within it its records, within them executions of nodes, within
 * those agents, tools and calls, below a call its HTTP attempts. Where a call was sent within a span of the program's own, that is
 * its parent. Ids follow from what a span is of: the same events give the same spans.
 */
export class RunSpans {
  readonly #options: Required<RunSpansOptions>
  readonly #deferred = new DeferredReads()
  readonly #models = new Map<string, ModelPlace>()
  readonly #places = new SpanPlaces()
  readonly #waiting = new WaitingCalls()
  readonly #sessions = new ExecutionState()
  #start: RunStart | undefined

  constructor({ names, onCall = () => {}, clean = (text) => text }: RunSpansOptions) {
    this.#options = { names, onCall, clean }
  }

  /** The trace of the run and its own span. */
  get place(): SpanPlace {
    return this.#places.run
  }

  /** Takes an event; gives the spans that have ended with it. `atMs`: when it was recorded. */
  take(event: MetadataEvent, atMs: number): SpanData[] {
    switch (event.type) {
      case 'run-start': {
        this.#sessions.startSession(event)
        // The first process of a program stands for all of them.
        if (this.#start?.worker !== event.worker && this.#start?.session === event.session) return []
        const spans = event.session === this.#start?.session ? [] : this.end()
        this.#start = event
        this.#places.begin(event)
        return spans
      }
      case 'model-open':
        if (!this.#models.has(event.model)) this.#models.set(event.model, modelPlace(event))
        return []
      case 'request-end':
        return this.#deferred.isReadAgain(event) ? [] : this.#request(event)
      case 'actor-end':
        return this.#actor(event, atMs)
      case 'node-end':
        return this.#node(event, atMs)
      case 'record-end':
        return this.#record(event, atMs)
      case 'run-end': {
        this.#sessions.endSession(event)
        // Where other processes go on, what waits may still be theirs.
        const end = this.#sessions.processes.size === 0 ? event : this.#sessions.sessionsInOrder().at(-1)?.end
        return end === undefined ? [] : [...this.end(), ...this.#runSpan({ ...end, isTraced: event.isTraced })]
      }
      default:
        return []
    }
  }

  /** The calls whose retry will come no more. */
  flushOld(nowMs: number): SpanData[] {
    return this.#calls(this.#waiting.takeOld(nowMs))
  }

  /** All that waits, as when the process ended in the middle. */
  end(): SpanData[] {
    return this.#calls(this.#waiting.takeAll())
  }

  #request(end: RequestEnd): SpanData[] {
    this.#waiting.add(end)
    this.#places.note(end.execution, end.startedAtMs, end.startedAtMs + end.durationSeconds * 1000)
    const isOver = end.recordId === undefined && succeeded(end)
    const spans = isOver ? this.#calls(this.#waiting.takeCallOf(end)) : []
    if (this.#waiting.isFull) spans.push(...this.end())
    return [...spans, ...this.flushOld(end.startedAtMs + end.durationSeconds * 1000)]
  }

  #actor(end: ActorEnd, atMs: number): SpanData[] {
    const { kind, name, durationSeconds, recordId } = end
    const known = this.#places.takeKnown(end.execution)
    // Of one whose end was not told it is known what happened in it, and that is within it.
    const endedAtMs = durationSeconds === undefined ? known?.toMs : atMs
    if (endedAtMs === undefined) return []
    const startedAtMs = durationSeconds === undefined ? (known?.fromMs ?? endedAtMs) : atMs - durationSeconds * 1000
    this.#places.note(end.within, startedAtMs, endedAtMs)
    const numbered = this.#places.endActor(end)
    const place = this.#places.execution(end.execution) ?? numbered
    const isOfActor = (first: RequestEnd) =>
      kind === 'agent' ? first.agent === name && first.tool === undefined : first.tool === name
    const calls = recordId === undefined ? [] : this.#waiting.takeOfNode(end, isOfActor)
    return [
      ...this.#calls(calls, place),
      ...this.#execution(end, {
        startedAtMs,
        endedAtMs,
        place,
        parent: this.#places.execution(end.within) ?? this.#places.around(end),
        facts: actorFacts(kind, name, end),
      }),
    ]
  }

  #node(end: NodeEnd, atMs: number): SpanData[] {
    const { node, nodeType, recordId } = end
    const place = this.#places.node(node, recordId)
    const calls = recordId === undefined ? [] : this.#waiting.takeOfNode(end)
    this.#places.endNode(node, recordId)
    const around = recordId === undefined ? this.#places.run : this.#places.record(recordId)
    const parent = this.#places.execution(end.within) ?? around
    return [
      ...this.#calls(calls, place),
      ...this.#execution(end, { ...timesOf(end, atMs), place, parent, facts: nodeFacts(node, nodeType, recordId) }),
    ]
  }

  #record(end: RecordEnd, atMs: number): SpanData[] {
    const { recordId } = end
    if (recordId === undefined) return []
    const place = this.#places.record(recordId)
    const calls = this.#waiting.takeOfRecord(recordId)
    this.#places.endRecord(recordId)
    return [
      ...this.#calls(calls, place),
      ...this.#execution(end, { ...timesOf(end, atMs), place, parent: this.#places.run, facts: recordFacts(recordId) }),
    ]
  }

  #runSpan(end: RunEnd): SpanData[] {
    const start = this.#start
    if (start === undefined || end.isTraced) return []
    const { name, attributes } = runFacts(start.context.taskName ?? 'unknown')
    const error = end.status === 'failed' ? (end.reason ?? 'failed') : undefined
    return [
      this.#span({
        place: this.#places.run,
        parent: this.#places.run.parent,
        name,
        kind: 'internal',
        startedAtMs: start.startedAtMs,
        endedAtMs: end.endedAtMs,
        attributes: {
          ...attributes,
          'sygra.run.status': end.status,
          'sygra.run.session': start.session,
          'sygra.run.records': end.records,
          'error.type': error === undefined ? undefined : '_OTHER',
        },
        error,
      }),
    ]
  }

  /** What has ended now, as a span; none where the program's own OpenTelemetry has one of it. */
  #execution(
    end: ActorEnd | NodeEnd | RecordEnd,
    { facts, ...span }: Pick<SpanInput, 'place' | 'parent' | 'startedAtMs' | 'endedAtMs'> & { facts: ExecutionFacts },
  ): SpanData[] {
    if (end.isTraced) return []
    const error = failureOf(end)
    return [
      this.#span({
        ...span,
        name: facts.name,
        kind: 'internal',
        attributes: { ...facts.attributes, 'error.type': error },
        error,
      }),
    ]
  }

  /** The spans of calls, within `place` where they have no other parent. */
  #calls(calls: readonly Attempts[], place: SpanPlace = this.#places.run): SpanData[] {
    return calls.flatMap((attempts) => this.#spansOfCall(attempts, place))
  }

  #spansOfCall(attempts: Attempts, place: SpanPlace): SpanData[] {
    const [first] = attempts
    const { run } = this.#places
    const call = { attempts, place: this.#models.get(first.model) ?? noPlace }
    this.#options.onCall(call)
    // The program's own OpenTelemetry has a span of it.
    if (first.isTraced) return []
    const facts = factsOf(call)
    const own = readTraceparent(first.traceparent)
    // Where the whole run was started in a span, that says no more than the run does.
    const isWithinProgram = own !== undefined && own.spanId !== run.parent?.spanId
    const parent = isWithinProgram ? own : (this.#places.execution(first.execution) ?? place)
    const { spanId } = this.#places.within('call', first.callId, first.resendCount, first.startedAtMs)
    const callPlace = { traceId: parent.traceId, spanId }
    const attributes = callAttributes(call, facts, this.#options.names)
    const span = this.#span({
      place: callPlace,
      parent,
      name: `${String(attributes['gen_ai.operation.name'])} ${first.model}`,
      kind: 'client',
      startedAtMs: facts.startedAtMs,
      endedAtMs: facts.endedAtMs,
      attributes: { 'sygra.run.id': run.runId, ...attributes },
      error: facts.error,
    })
    // A program with spans of its own has those of HTTP too, as a rule.
    if (isWithinProgram || !reachedProvider(first)) return [span]
    return [span, ...attempts.map((attempt) => this.#attemptSpan(attempt, call.place, callPlace))]
  }

  #attemptSpan(attempt: RequestEnd, modelPlace: ModelPlace, call: SpanPlace): SpanData {
    const attributes = attemptAttributes(attempt, modelPlace)
    const { startedAtMs, durationSeconds, resendCount } = attempt
    const spanId = attempt.spanId ?? spanIdOf(call.spanId, 'attempt', resendCount, startedAtMs)
    const error = attributes['error.type']
    return this.#span({
      place: { traceId: call.traceId, spanId },
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
}

function timesOf({ durationSeconds }: NodeEnd | RecordEnd, atMs: number) {
  return { startedAtMs: atMs - (durationSeconds ?? 0) * 1000, endedAtMs: atMs }
}

type SpanInput = Omit<SpanData, 'traceId' | 'spanId' | 'parentSpanId'> & {
  readonly place: SpanPlace
  readonly parent: SpanPlace | undefined
}
