import { isRunStopped } from '../../errors.ts'
import { actorFacts } from '../../exporters/otel/execution.ts'
import type { ActorKind } from '../../metadata/event.ts'
import { actorName, joinActors } from '../../runtime/actors.ts'
import { currentOrOutsideScope, type Scope } from '../../runtime/scope.ts'
import { newSpanId } from '../../runtime/span-id.ts'
import { wireState } from '../attempt/wire-state.ts'
import { onOutcome } from './on-outcome.ts'
import { startExecution } from './start-execution.ts'
import { watchOwnCode } from './watch-own-code.ts'

/**
 * Runs a function as one execution of an agent: what it requests belongs to the agent, and to `inclusive` of those around
 * it, and its duration and outcome are recorded. What it gives or throws goes on unchanged.
 *
 * @example
 * await withAgent('planner', () => client.responses.create({ … }))
 */
export function withAgent<Result>(name: string, run: () => Result): Result {
  const around = currentOrOutsideScope()
  return execute({ kind: 'agent', name, around, scope: withinActor(around, { agent: name }) }, run)
}

/** The same of a tool that a model asked for. */
export function withTool<Result>(name: string, run: () => Result): Result {
  const around = currentOrOutsideScope()
  const scope = withinActor(around, { tool: name })
  // A call to a model within it is no attempt of the call that asked for the tool.
  return execute({ kind: 'tool', name, around, scope: { ...scope, operation: undefined, model: undefined } }, run)
}

/** The scope of an agent or a tool that begins in another one. */
export function withinActor(scope: Scope, actor: { readonly agent?: string; readonly tool?: string }): Scope {
  return { ...scope, ...joinActors(actor, scope) }
}

interface Execution {
  readonly kind: ActorKind
  readonly name: string
  readonly scope: Scope
  /** The scope that it begins in. */
  readonly around: Scope
}

function execute<Result>({ kind, name, scope: actorScope, around }: Execution, run: () => Result): Result {
  watchOwnCode(actorScope)
  const place = { execution: newSpanId(), within: wireState().frameworks.executionHere(around) }
  const scope: Scope = { ...actorScope, execution: place.execution }
  const recordId = scope.record?.id
  const execution = startExecution(actorFacts(kind, actorName(name), { node: scope.node, recordId }))
  return onOutcome(
    () => execution.within(scope, run),
    (outcome) => {
      const end = execution.end(outcome)
      // What the run was stopped in is done again when it goes on: it has not failed.
      if ('error' in outcome && isRunStopped(outcome.error)) return
      scope.collector.recordBeside({
        type: 'actor-end',
        kind,
        name: actorName(name),
        node: scope.node,
        recordId,
        succeeded: !('error' in outcome),
        ...place,
        ...end,
      })
    },
  )
}
