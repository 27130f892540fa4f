import { actorFacts, type ExecutionFacts, nodeFacts } from '../../exporters/otel/execution.ts'
import { actorName, joinActors } from '../../runtime/actors.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import type { Scope } from '../../runtime/scope.ts'
import { newSpanId } from '../../runtime/span-id.ts'
import { activeTraceparent } from '../../runtime/trace-context.ts'
import { startLiveSpan } from '../../telemetry/live-span.ts'
import type { FrameworkRun, FrameworkStart, PlaceNames } from './framework-run.ts'
import { recordExecution } from './record-execution.ts'

// A framework does not always tell of an end, such as that of a stream nobody reads on.
const maxRuns = 10_000

// Longer than a client waits for an answer: what tells of no failure, and of nothing else for so long, has failed.
const maxSilenceSeconds = 15 * 60

/**
 * What frameworks are doing, as their callbacks tell it: the names of the place a request comes from. They never tell of
 * tokens here.
 */
export class FrameworkRuns {
  readonly #runs = new Map<string, FrameworkRun>()
  readonly #calls = new Set<FrameworkRun>()
  readonly #idSources = new Set<() => string | undefined>()
  /** Those that may end untold, the one that was silent for longest first. */
  readonly #untold = new Set<FrameworkRun>()
  readonly #now: () => number
  #lastNumber = 0
  #lastOrder = 0

  constructor(now = monotonicSeconds) {
    this.#now = now
  }

  /** Asks a framework, before each request, in which of its runs the caller is. Asked once, however often it is given. */
  askFor(currentId: () => string | undefined): void {
    this.#idSources.add(currentId)
  }

  /** A number that no other run has, for ids of frameworks that give none. */
  nextNumber(): number {
    this.#lastNumber += 1
    return this.#lastNumber
  }

  start(start: FrameworkStart): void {
    this.#leaveSilent()
    const parentId = this.#parentIdOf(start)
    const facts = start.hasNoSpan === true ? undefined : spanFactsOf(start)
    const startedAt = this.#now()
    this.#lastOrder += 1
    const run: FrameworkRun = {
      ...start,
      parentId,
      execution: start.executes === undefined ? undefined : newSpanId(),
      within: this.#executionAround(parentId === undefined ? undefined : this.#runs.get(parentId), start.place),
      order: this.#lastOrder,
      node: start.executes === undefined ? undefined : (start.place.node ?? this.namesOf({ ...start, parentId }).node),
      startedAt,
      heardAt: startedAt,
      wasAlone: true,
      hasSent: false,
      span: facts === undefined ? undefined : startLiveSpan(facts, this.#spanOf(parentId)),
      activeTraceparent: facts === undefined ? undefined : activeTraceparent(),
    }
    if (this.#runs.size >= maxRuns) this.#forgetOldest()
    this.#runs.set(run.id, run)
    if (run.mayEndUntold) this.#untold.add(run)
    if (run.models === undefined) return
    for (const other of this.#calls) {
      if (!samePlace(other.place, run.place)) continue
      other.wasAlone = false
      run.wasAlone = false
    }
    this.#calls.add(run)
  }

  /** The run that ends; undefined when its start was not told, or is long ago. */
  end(id: string): FrameworkRun | undefined {
    const run = this.#runs.get(id)
    if (run === undefined) return undefined
    this.#runs.delete(id)
    this.#calls.delete(run)
    this.#untold.delete(run)
    return run
  }

  /** Notes that a run which may end untold goes on. */
  hear(run: FrameworkRun): void {
    run.heardAt = this.#now()
    if (this.#untold.delete(run)) this.#untold.add(run)
  }

  /** Ends what goes on in a run of ours: its end will not be told. */
  settle(runId: string): void {
    for (const run of this.#runs.values()) {
      if (run.executes !== undefined && run.place.collector.runId === runId) this.#leave(run)
    }
  }

  /** A run that goes on. */
  find(id: string): FrameworkRun | undefined {
    return this.#runs.get(id)
  }

  /** The runs that have not ended and are executions of agents or tools. */
  openExecutions(): FrameworkRun[] {
    this.#leaveSilent()
    return [...this.#runs.values()].filter(({ executes }) => executes !== undefined)
  }

  /** The calls to models that go on, in the order of their starts. */
  openCalls(): FrameworkRun[] {
    this.#leaveSilent()
    return [...this.#calls]
  }

  /** The names of a run, and of those it is within: of nodes the innermost, of agents and tools all. */
  namesOf(run: FrameworkStart & { readonly execution?: string | undefined }): PlaceNames {
    const names: PlaceNames = { ...run.names, place: run.place }
    const around: (PlaceNames | undefined)[] = [placeIn(run)]
    for (
      let parent = this.#parentOf(run);
      parent !== undefined && around.length < 100;
      parent = this.#parentOf(parent)
    ) {
      names.node ??= parent.names?.node
      around.push(placeIn(parent))
    }
    return { ...names, ...joinActors(...around) }
  }

  /** The names of the place that a request of this model is sent from; undefined where no framework knows it. */
  namesFor(scope: Scope, readModel: () => string | undefined): PlaceNames | undefined {
    if (this.#runs.size === 0) return undefined
    this.#leaveSilent()
    const current = this.#currentRun()
    if (current !== undefined) current.hasSent = true
    const call = this.#callWithin(current, scope, readModel())
    const run = call ?? current
    return run === undefined ? undefined : this.namesOf(run)
  }

  /** The innermost execution of an agent or a tool that the caller is in. */
  executionHere(scope: Scope): string | undefined {
    return this.#executionAround(this.#runs.size === 0 ? undefined : this.#currentRun(), scope)
  }

  /** The innermost execution of a run and those around it, unless the program has entered one of its own since. */
  #executionAround(innermost: FrameworkRun | undefined, place: Scope): string | undefined {
    for (let run = innermost, depth = 0; run !== undefined && depth < 100; run = this.#parentOf(run), depth += 1) {
      if (run.place.execution !== place.execution) break
      if (run.execution !== undefined) return run.execution
    }
    return place.execution
  }

  /** The span of the framework's run that the caller is in, unless the program has begun one of its own in it. */
  spanHere(): string | undefined {
    return this.#runs.size === 0 ? undefined : this.#spanOf(this.#currentRun()?.id)
  }

  /** The span of a run, or of the nearest around it that has one. */
  #spanOf(id: string | undefined): string | undefined {
    let run = id === undefined ? undefined : this.#runs.get(id)
    for (let depth = 0; run !== undefined && depth < 100; depth += 1) {
      if (run.span !== undefined)
        return run.activeTraceparent === activeTraceparent() ? run.span.traceparent : undefined
      run = this.#parentOf(run)
    }
    return undefined
  }

  /**
   * Within which run one begins. What another framework starts within a run of this one is a part of it, also where a third
   * is between them and the framework tells of its own outer run.
   */
  #parentIdOf(start: FrameworkStart): string | undefined {
    const told = this.#parentOf(start)
    const current = this.#currentRun()
    if (told === undefined) return current?.id
    for (let run = current, depth = 0; run !== undefined && depth < 100; run = this.#parentOf(run), depth += 1) {
      if (run === told) return current?.id
    }
    return told.id
  }

  /** Of several frameworks that the caller is in, the one within the others: it was entered last. */
  #currentRun(): FrameworkRun | undefined {
    let innermost: FrameworkRun | undefined
    for (const source of this.#idSources) {
      const id = askSafely(source)
      const run = id === undefined ? undefined : this.#runs.get(id)
      if (run !== undefined && run.order > (innermost?.order ?? 0)) innermost = run
    }
    return innermost
  }

  /** The call to the model that goes on right here; none where several could be meant that have other names. */
  #callWithin(
    current: FrameworkRun | undefined,
    scope: Scope,
    wireModel: string | undefined,
  ): FrameworkRun | undefined {
    let found: FrameworkRun | undefined
    for (const call of this.#calls) {
      const isHere =
        current === undefined
          ? call.isKnownByContext !== true && samePlace(call.place, scope)
          : call.parentId === current.id || call === current
      if (!isHere || (wireModel !== undefined && call.models?.includes(wireModel) === false)) continue
      if (found !== undefined && !sameNames(this.namesOf(found), this.namesOf(call))) return undefined
      found ??= call
    }
    return found
  }

  #parentOf({ parentId }: FrameworkStart): FrameworkRun | undefined {
    return parentId === undefined ? undefined : this.#runs.get(parentId)
  }

  #forgetOldest(): void {
    for (const run of this.#runs.values()) {
      this.#leave(run)
      return
    }
  }

  #leaveSilent(): void {
    for (const run of this.#untold) {
      if (this.#now() - run.heardAt < maxSilenceSeconds) return
      this.#leave(run)
    }
  }

  #leave(run: FrameworkRun): void {
    this.end(run.id)
    recordExecution(run, { type: 'left' })
  }
}

function placeIn({
  names,
  execution,
}: Pick<FrameworkStart, 'names'> & { readonly execution?: string | undefined }): PlaceNames {
  return execution === undefined ? { ...names } : { ...names, execution }
}

/** What is asked is foreign code. */
function askSafely(source: () => string | undefined): string | undefined {
  try {
    return source()
  } catch {
    return undefined
  }
}

/** What the span of a run is known by: of an execution of an agent or a tool, and of a node. */
function spanFactsOf({ executes, names, place }: FrameworkStart): ExecutionFacts | undefined {
  const recordId = place.record?.id
  const actor = executes === undefined ? undefined : names?.[executes]
  if (executes !== undefined && actor !== undefined)
    return actorFacts(executes, actorName(actor), { node: place.node, recordId })
  const node = names?.node
  return node === undefined || place.node !== undefined ? undefined : nodeFacts(node, 'langgraph', recordId)
}

function sameNames(one: PlaceNames, other: PlaceNames): boolean {
  return (
    one.node === other.node &&
    one.agent === other.agent &&
    one.tool === other.tool &&
    one.model?.name === other.model?.name
  )
}

/** The scope with the names that a framework gives the place; what the program named itself stays. */
export function withNames(scope: Scope, names: PlaceNames | undefined): Scope {
  if (names === undefined) return scope
  const { place } = names
  // An agent or a tool that the program has entered since is further in than those of the framework.
  const isWithin =
    place !== undefined &&
    (place.execution !== scope.execution || place.agent !== scope.agent || place.tool !== scope.tool)
  return {
    ...scope,
    node: scope.node ?? names.node,
    ...(isWithin ? joinActors(scope, names) : joinActors(names, scope)),
    model: scope.model ?? names.model,
  }
}

/** True when two scopes are the same place of the program: the same run, record and node. */
export function samePlace(one: Scope, other: Scope): boolean {
  return one.collector === other.collector && one.record?.id === other.record?.id && one.node === other.node
}
