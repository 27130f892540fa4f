import { actorName } from '../../runtime/actors.ts'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { thrownTypeOf } from '../attempt/error-type.ts'
import type { FrameworkRun } from '../attempt/framework-run.ts'
import { samePlace } from '../attempt/framework-runs.ts'
import { recordExecution } from '../attempt/record-execution.ts'
import { wireState } from '../attempt/wire-state.ts'
import type { EndEvent, StartEvent, TelemetryEvent, ToolEndEvent, ToolEvent } from './ai-sdk-events.ts'

// Executions of agents and tools that the AI SDK tells its integrations of. It tells them from within what it does and waits
// for them, so that the rest of it, requests and tools, goes on in the run that is entered here. Where the program's own
// callback of the same event is waited for first (ai@6 only), that is not so: then it is known by the place.

const executionPrefix = 'ai-sdk execution '

/** An agent begins. */
export function startExecution({ callId, functionId }: StartEvent): void {
  const { frameworks, entered } = wireState()
  if (functionId === undefined || (callId !== undefined && frameworks.find(executionId(callId)) !== undefined)) return
  const id = executionId(callId ?? `${frameworks.nextNumber()}`)
  frameworks.start({
    id,
    place: currentOrOutsideScope(),
    names: { agent: functionId },
    executes: 'agent',
    // ai@6 makes spans of its own in an application with OpenTelemetry, and calls are within those.
    hasNoSpan: callId === undefined,
    mayEndUntold: callId === undefined,
  })
  entered.enter(id)
}

/**
 * An agent has ended; of one that fails ai@6 does not tell. Where it is not known in which the caller is, it may be any of
 * those that go on here under one name.
 */
export function endExecution(event: EndEvent): void {
  if (event.callId !== undefined && event.error !== undefined) {
    failExecution(event)
    return
  }
  const known = executionHere(event)
  const open = known === undefined ? openExecutionsOf(event) : []
  const run = known ?? open.at(-1)
  if (run === undefined) return
  wireState().frameworks.end(run.id)
  recordExecution(run, { type: 'succeeded', isUntimed: open.length > 1 })
}

export function failExecution({ callId, error }: EndEvent): void {
  const run = callId === undefined ? undefined : wireState().frameworks.end(executionId(callId))
  if (run !== undefined) recordExecution(run, { type: 'failed', error })
}

/** The execution of the agent that the caller is in; of ai@7 it is told which. */
export function executionHere({ callId, functionId }: TelemetryEvent): FrameworkRun | undefined {
  const { frameworks, entered } = wireState()
  if (callId !== undefined) return frameworks.find(executionId(callId))
  for (const id of entered.ids()) {
    const run = frameworks.find(id)
    if (run?.executes !== undefined)
      return run.executes === 'agent' && run.names?.agent === functionId ? run : undefined
  }
  return undefined
}

/** The executions of an agent that ai@6 tells of and that go on in this place. */
export function openExecutionsOf({ callId, functionId }: TelemetryEvent): FrameworkRun[] {
  if (callId !== undefined || functionId === undefined) return []
  const place = currentOrOutsideScope()
  return wireState()
    .frameworks.openExecutions()
    .filter((run) => run.id.startsWith(executionPrefix) && run.names?.agent === functionId)
    .filter((run) => samePlace(run.place, place))
}

/** A tool begins; the two events of it have one object for its call. */
export function startTool({ toolCall }: ToolEvent): void {
  if (toolCall === undefined) return
  const { frameworks, entered, callIds } = wireState()
  const id = `ai-sdk tool ${frameworks.nextNumber()}`
  callIds.set(toolCall, id)
  frameworks.start({
    id,
    place: currentOrOutsideScope(),
    names: { tool: toolCall.toolName },
    executes: 'tool',
    hasNoSpan: true,
  })
  entered.enter(id)
}

export function endTool({ toolCall, success, error, durationMs }: ToolEndEvent): void {
  if (toolCall === undefined) return
  const { frameworks, callIds } = wireState()
  const id = callIds.get(toolCall)
  const run = id === undefined ? undefined : frameworks.end(id)
  if (run !== undefined) {
    if (success === false) recordExecution(run, { type: 'failed', error })
    else recordExecution(run, { type: success === true ? 'succeeded' : 'ended' })
    return
  }
  const { collector, node, record } = currentOrOutsideScope()
  collector.recordBeside({
    type: 'actor-end',
    kind: 'tool',
    name: actorName(toolCall.toolName),
    node,
    recordId: record?.id,
    succeeded: success,
    durationSeconds: durationMs === undefined ? undefined : durationMs / 1000,
    errorType: success === false ? thrownTypeOf(error) : undefined,
  })
}

function executionId(id: string): string {
  return `${executionPrefix}${id}`
}
