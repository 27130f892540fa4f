import { actorFacts, type ExecutionFacts, nodeFacts } from '../../exporters/otel/execution.ts'
import type { ActorKind } from '../../metadata/event.ts'
import { type ActorPlace, actorName, joinActors } from '../../runtime/actors.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import type { ModelIdentity, Scope } from '../../runtime/scope.ts'
import { activeTraceparent } from '../../runtime/trace-context.ts'
import { type LiveSpan, startLiveSpan } from '../../telemetry/live-span.ts'

/** What a framework says of a part of its work when it begins: a node, an agent, a tool, or a call to a model. */
export interface FrameworkStart {
  readonly id: string
  readonly parentId?: string
  /** Where the program was. */
  readonly place: Scope
  readonly names?: PlaceNames
  /** It is an execution of what it names: of its agent or of its tool. */
  readonly executes?: ActorKind
  /** It has no span in the application's own OpenTelemetry. */
  readonly hasNoSpan?: boolean
  /** Every name of the model; set for a call to one. */
  readonly models?: readonly string[]
}

/** A part of a framework's work that goes on. */
export interface FrameworkRun extends FrameworkStart {
  /** Monotonic seconds. */
  readonly startedAt: number
  /** No other call to a model went on in the same place. */
  wasAlone: boolean
  /** Its span in the application's own OpenTelemetry, where that has one. */
  readonly span: LiveSpan | undefined
  /** The span of the application that was active when it began. */
  readonly activeTraceparent: string | undefined
  /** A request was sent in it, as a framework knows that tells in which of its runs the caller is. */
  hasSent: boolean
}

// A framework does not always tell of an end, such as that of a stream nobody reads on.
const maxRuns = 10_000

/**
 * What frameworks are doing, as their callbacks tell it: the names of the place a request comes from. They never tell of
 * tokens here.
 */
export class FrameworkRuns {
  readonly #runs = new Map<string, FrameworkRun>()
  readonly #calls = new Set<FrameworkRun>()
  readonly #idSources = new Set<() => string | undefined>()
  #lastNumber = 0

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
    // What another framework starts within a run of this one is a part of it.
    const parentId = start.parentId ?? this.#currentRun()?.id
    const facts = start.hasNoSpan === true ? undefined : spanFactsOf(start)
    const run: FrameworkRun = {
      ...start,
      parentId,
      startedAt: monotonicSeconds(),
      wasAlone: true,
      hasSent: false,
      span: facts === undefined ? undefined : startLiveSpan(facts, this.#spanOf(parentId)),
      activeTraceparent: facts === undefined ? undefined : activeTraceparent(),
    }
    if (this.#runs.size >= maxRuns) this.#forgetOldest()
    this.#runs.set(run.id, run)
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
    return run
  }

  /** A run that goes on. */
  find(id: string): FrameworkRun | undefined {
    return this.#runs.get(id)
  }

  /** The runs that have not ended and are executions of agents or tools. */
  openExecutions(): FrameworkRun[] {
    return [...this.#runs.values()].filter(({ executes }) => executes !== undefined)
  }

  /** The oldest call to a model that goes on and fits. */
  findCall(fits: (run: FrameworkRun) => boolean): FrameworkRun | undefined {
    for (const call of this.#calls) if (fits(call)) return call
    return undefined
  }

  /** The names of a run, and of those it is within: of nodes the innermost, of agents and tools all. */
  namesOf(run: FrameworkStart): PlaceNames {
    const names: PlaceNames = { ...run.names, place: run.place }
    const around: (PlaceNames | undefined)[] = [run.names]
    for (
      let parent = this.#parentOf(run);
      parent !== undefined && around.length < 100;
      parent = this.#parentOf(parent)
    ) {
      names.node ??= parent.names?.node
      around.push(parent.names)
    }
    return { ...names, ...joinActors(...around) }
  }

  /** The names of the place that a request of this model is sent from; undefined where no framework knows it. */
  namesFor(scope: Scope, readModel: () => string | undefined): PlaceNames | undefined {
    if (this.#runs.size === 0) return undefined
    const current = this.#currentRun()
    if (current !== undefined) current.hasSent = true
    const call = this.#callWithin(current, scope, readModel())
    const run = call ?? current
    return run === undefined ? undefined : this.namesOf(run)
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

  #currentRun(): FrameworkRun | undefined {
    for (const source of this.#idSources) {
      const id = source()
      const run = id === undefined ? undefined : this.#runs.get(id)
      if (run !== undefined) return run
    }
    return undefined
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
        current === undefined ? samePlace(call.place, scope) : call.parentId === current.id || call === current
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
      this.end(run.id)
      return
    }
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

/** Names that a framework knows of the place a request comes from. */
export interface PlaceNames extends ActorPlace {
  node?: string
  readonly model?: ModelIdentity
  /** Where the program was when the framework's run began. */
  readonly place?: Scope
}

/** The scope with the names that a framework gives the place; what the program named itself stays. */
export function withNames(scope: Scope, names: PlaceNames | undefined): Scope {
  if (names === undefined) return scope
  const { place } = names
  // An agent or a tool that the program has entered since is further in than those of the framework.
  const isWithin = place !== undefined && (place.agent !== scope.agent || place.tool !== scope.tool)
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
