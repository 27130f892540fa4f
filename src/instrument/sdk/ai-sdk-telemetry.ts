import { actorName } from '../../runtime/actors.ts'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { readAiSdkUsage } from '../../usage/index.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { thrownTypeOf } from '../attempt/error-type.ts'
import type { FrameworkRun } from '../attempt/framework-run.ts'
import { samePlace } from '../attempt/framework-runs.ts'
import { recordExecution } from '../attempt/record-execution.ts'
import { recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'

/** What is read of an event of the telemetry; ai@6 and ai@7 tell of a call to a model by other names. */
interface TelemetryEvent {
  readonly functionId?: string | undefined
  /** Of ai@7: the same from the start of a call to its end. */
  readonly callId?: string
  /** Of ai@6. */
  readonly model?: { readonly provider: string; readonly modelId: string }
  /** Of ai@7. */
  readonly provider?: string
  /** Of ai@7. */
  readonly modelId?: string
}

/** The end of a tool, as ai@6 tells it. */
interface ToolEndEvent extends TelemetryEvent {
  readonly toolCall?: { readonly toolName: string }
  readonly success?: boolean
  readonly error?: unknown
  readonly durationMs?: number
}

/** As `registerTelemetryIntegration` of ai@6 and `registerTelemetry` of ai@7 take it. */
export interface MetadataTelemetry {
  onStart(event: TelemetryEvent): void
  onToolCallFinish(event: ToolEndEvent): void
  onFinish(event: TelemetryEvent): void
  onStepStart(event: TelemetryEvent): void
  onStepFinish(event: TelemetryEvent): void
  onLanguageModelCallStart(event: TelemetryEvent): void
  onLanguageModelCallEnd(event: TelemetryEvent): void
}

/**
 * An integration for the telemetry of the AI SDK: `functionId` names the agent whose requests these are, and a call is
 * recorded only where no request of it was seen. Of ai@6 it tells of executions of agents and tools too. Under `sygra exec` and
 * `--import sygra/register` none is needed.
 *
 * @example
 * registerTelemetryIntegration(metadataTelemetry()) // ai@6, once; then { experimental_telemetry: { isEnabled: true, functionId: 'planner' } }
 * registerTelemetry(metadataTelemetry()) // ai@7, once; then { telemetry: { functionId: 'planner' } }
 */
export function metadataTelemetry(): MetadataTelemetry {
  const { frameworks, recorded } = wireState()
  recorded.isWatched = true
  const start = (event: TelemetryEvent) => {
    const model = event.model?.modelId ?? event.modelId
    if (model === undefined) return
    const id = `${callPrefix}${event.callId ?? ''} ${frameworks.nextNumber()}`
    if (event.model !== undefined) wireState().callIds.set(event.model, id)
    frameworks.start({
      id,
      place: currentOrOutsideScope(),
      models: [model],
      names: { agent: event.functionId },
      mayEndUntold: event.callId === undefined,
    })
    const agent = openExecutionsOf(event).at(-1)
    if (agent !== undefined) frameworks.hear(agent)
  }
  return {
    onStart: once('onStart', startExecution),
    onToolCallFinish: once('onToolCallFinish', endTool),
    onFinish: once('onFinish', endExecution),
    onStepStart: once('onStepStart', start),
    // The steps of ai@7 hold the calls that are told of below.
    onStepFinish: once('onStepFinish', (event) => {
      if (event.callId === undefined) endCall(event)
    }),
    onLanguageModelCallStart: once('onLanguageModelCallStart', start),
    onLanguageModelCallEnd: once('onLanguageModelCallEnd', endCall),
  }
}

/** An event is told to every integration that there is; ours may be there by itself and have been registered by the program. */
function once<Event extends object>(method: string, listen: (event: Event) => void): (event: Event) => void {
  return (event) => {
    const { told } = wireState()
    const methods = told.get(event) ?? new Set<string>()
    if (methods.has(method)) return
    methods.add(method)
    told.set(event, methods)
    listen(event)
  }
}

/** An agent begins; ai@7 tells of it on its channel. */
function startExecution({ callId, functionId }: TelemetryEvent): void {
  if (callId !== undefined || functionId === undefined) return
  wireState().frameworks.start({
    id: `${executionPrefix}${wireState().frameworks.nextNumber()}`,
    place: currentOrOutsideScope(),
    names: { agent: functionId },
    executes: 'agent',
    // No call is known to be within it, so its span would be an empty one beside them.
    hasNoSpan: true,
    mayEndUntold: true,
  })
}

/** An agent has ended; of one that fails ai@6 does not tell. Of several that go on here under one name it may be any. */
function endExecution(event: TelemetryEvent): void {
  const open = openExecutionsOf(event)
  const run = open.at(-1)
  if (run === undefined) return
  wireState().frameworks.end(run.id)
  recordExecution(run, { type: 'succeeded', isUntimed: open.length > 1 })
}

/** The executions of an agent that ai@6 tells of and that go on here. */
function openExecutionsOf({ callId, functionId }: TelemetryEvent): FrameworkRun[] {
  if (callId !== undefined || functionId === undefined) return []
  const place = currentOrOutsideScope()
  return wireState()
    .frameworks.openExecutions()
    .filter((run) => run.id.startsWith(executionPrefix) && run.names?.agent === functionId)
    .filter((run) => samePlace(run.place, place))
}

function endTool({ callId, toolCall, success, error, durationMs }: ToolEndEvent): void {
  if (callId !== undefined || toolCall === undefined) return
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

function endCall(event: TelemetryEvent): void {
  const run = openCall(event)
  if (run === undefined) return
  wireState().frameworks.end(run.id)
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

const callPrefix = 'ai-sdk '
const executionPrefix = 'ai-sdk execution '

/**
 * The call that ends. ai@6 gives the two events no common id, but one object for the model unless it streams: there it is the newest
 * of its model and function here, since older ones may have failed, which is not told.
 */
function openCall(event: TelemetryEvent): FrameworkRun | undefined {
  const id = event.model === undefined ? undefined : wireState().callIds.get(event.model)
  if (id !== undefined) return wireState().frameworks.find(id)
  const place = currentOrOutsideScope()
  const model = event.model?.modelId ?? event.modelId
  return wireState()
    .frameworks.openCalls()
    .findLast(
      (run) =>
        run.id.startsWith(`${callPrefix}${event.callId ?? ''} `) &&
        run.names?.agent === event.functionId &&
        (model === undefined || run.models?.includes(model) === true) &&
        samePlace(run.place, place),
    )
}
