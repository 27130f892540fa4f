import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { readAiSdkUsage } from '../../usage/index.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import type { FrameworkRun } from '../attempt/framework-run.ts'
import { samePlace } from '../attempt/framework-runs.ts'
import { failedAnswer, recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'
import type { EndEvent, TelemetryEvent } from './ai-sdk-events.ts'
import { executionHere, openExecutionsOf } from './ai-sdk-executions.ts'

// Calls to models that the AI SDK tells its integrations of: they name the requests in them, and one that sent none, as to a
// model in the process, is recorded when it ends.

const callPrefix = 'ai-sdk '

/** `enters`: what follows the event, in the function that tells it, is the call. */
export function startCall(event: TelemetryEvent, { enters }: { readonly enters: boolean }): void {
  const { frameworks, entered, callIds } = wireState()
  const model = event.model?.modelId ?? event.modelId
  if (model === undefined || (enters && event.callId !== undefined && openCallOf(event.callId) !== undefined)) return
  const id = `${callPrefix}${event.callId ?? ''} ${frameworks.nextNumber()}`
  if (event.model !== undefined) callIds.set(event.model, id)
  const execution = enters ? executionHere(event) : undefined
  frameworks.start({
    id,
    place: currentOrOutsideScope(),
    models: [model],
    names: { agent: event.functionId },
    mayEndUntold: event.callId === undefined,
    // Where the start of the agent could be entered, so can its calls.
    isKnownByContext: execution !== undefined && entered.currentId() === execution.id,
  })
  if (enters) entered.enter(id)
  const agent = execution ?? openExecutionsOf(event).at(-1)
  if (agent !== undefined) frameworks.hear(agent)
}

export function endCall(event: TelemetryEvent): void {
  const run = openCall(event)
  if (run === undefined) return
  wireState().frameworks.end(run.id)
  if (run.hasSent) return
  const response = memberOf(event, 'response')
  recordIfUnseen(run, {
    status: 200,
    usage: readAiSdkUsage(memberOf(event, 'usage')),
    upstreamModel: textOf(memberOf(response, 'modelId')),
    responseId: textOf(memberOf(response, 'id')) ?? textOf(memberOf(event, 'responseId')),
    finishReason: textOf(memberOf(event, 'finishReason')),
    provider: (event.model?.provider ?? event.provider)?.split('.')[0],
  })
}

/** What was asked for has failed, and the call with it if it still went on. */
export function failCall({ callId, error }: EndEvent): void {
  const run = callId === undefined ? undefined : openCallOf(callId)
  if (run === undefined) return
  wireState().frameworks.end(run.id)
  if (!run.hasSent) recordIfUnseen(run, failedAnswer(error))
}

/**
 * The call that ends. ai@6 gives the two events no common id, but one object for the model unless it streams: there it is the
 * one that the caller is in, or the newest of its model and function here, since older ones may have failed, which is not told.
 */
function openCall(event: TelemetryEvent): FrameworkRun | undefined {
  const { frameworks, entered, callIds } = wireState()
  const id = event.model === undefined ? undefined : callIds.get(event.model)
  if (id !== undefined) return frameworks.find(id)
  for (const enteredId of entered.ids()) {
    const run = frameworks.find(enteredId)
    if (run?.models !== undefined && isCallOf(event, run)) return run
    // What is further out is not the caller's own.
    if (run?.executes !== undefined) break
  }
  const place = currentOrOutsideScope()
  return frameworks.openCalls().findLast((run) => isCallOf(event, run) && samePlace(run.place, place))
}

function isCallOf(event: TelemetryEvent, run: FrameworkRun): boolean {
  const model = event.model?.modelId ?? event.modelId
  return (
    run.id.startsWith(`${callPrefix}${event.callId ?? ''} `) &&
    run.names?.agent === event.functionId &&
    (model === undefined || run.models?.includes(model) === true)
  )
}

function openCallOf(callId: string): FrameworkRun | undefined {
  return wireState()
    .frameworks.openCalls()
    .find(({ id }) => id.startsWith(`${callPrefix}${callId} `))
}
