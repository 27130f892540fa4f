import { memberOf } from '../../usage/json-value.ts'
import { keepContexts } from '../attempt/entered-runs.ts'
import { wireState } from '../attempt/wire-state.ts'
import { endCall, failCall, startCall } from './ai-sdk-calls.ts'
import {
  type EndEvent,
  isObjectOperation,
  type StartEvent,
  type TelemetryEvent,
  type ToolEndEvent,
  type ToolEvent,
} from './ai-sdk-events.ts'
import { endExecution, endTool, failExecution, startExecution, startTool } from './ai-sdk-executions.ts'

/** As `registerTelemetryIntegration` of ai@6 and `registerTelemetry` of ai@7 take it. */
export interface MetadataTelemetry {
  onStart(event: StartEvent): void
  onToolCallStart(event: ToolEvent): void
  onToolCallFinish(event: ToolEndEvent): void
  onFinish(event: TelemetryEvent): void
  onStepStart(event: TelemetryEvent): void
  onStepFinish(event: TelemetryEvent): void
  onLanguageModelCallStart(event: TelemetryEvent): void
  onLanguageModelCallEnd(event: TelemetryEvent): void
  onObjectStepStart(event: TelemetryEvent): void
  onObjectStepEnd(event: TelemetryEvent): void
  onEnd(event: EndEvent): void
  onError(event: unknown): void
}

/**
 * An integration for the telemetry of the AI SDK: `functionId` names the agent whose requests these are, and a call is
 * recorded only where no request of it was seen. It tells of executions of agents and tools too: of those of ai@6, and of
 * `generateObject` and `streamObject` of ai@7, which publish nothing. Under `sygra exec` and `--import sygra/register` none
 * is needed.
 *
 * @example
 * registerTelemetryIntegration(metadataTelemetry()) // ai@6, once; then { experimental_telemetry: { isEnabled: true, functionId: 'planner' } }
 * registerTelemetry(metadataTelemetry()) // ai@7, once; then { telemetry: { functionId: 'planner' } }
 */
export function metadataTelemetry(): MetadataTelemetry {
  const { frameworks, recorded, entered } = wireState()
  recorded.isWatched = true
  keepContexts()
  frameworks.askFor(entered.currentId)
  return {
    onStart: once('onStart', (event) => {
      if (event.callId === undefined || isObjectOperation(event)) startExecution(event)
    }),
    onToolCallStart: once('onToolCallStart', (event) => {
      if (event.callId === undefined) startTool(event)
    }),
    onToolCallFinish: once('onToolCallFinish', (event) => {
      if (event.callId === undefined) endTool(event)
    }),
    onFinish: once('onFinish', (event) => {
      if (event.callId === undefined) endExecution(event)
    }),
    // The steps of ai@7 hold the calls that are told of below.
    onStepStart: once('onStepStart', (event) => {
      if (event.callId === undefined) startCall(event, { enters: true })
    }),
    onStepFinish: once('onStepFinish', (event) => {
      if (event.callId === undefined) endCall(event)
    }),
    onLanguageModelCallStart: once('onLanguageModelCallStart', (event) => startCall(event, { enters: false })),
    onLanguageModelCallEnd: once('onLanguageModelCallEnd', endCall),
    onObjectStepStart: once('onObjectStepStart', (event) => startCall(event, { enters: true })),
    onObjectStepEnd: once('onObjectStepEnd', endCall),
    onEnd: once('onEnd', endExecution),
    onError(event) {
      const callId: unknown = memberOf(event, 'callId')
      if (typeof callId !== 'string') return
      const failure = { callId, error: memberOf(event, 'error') }
      failCall(failure)
      failExecution(failure)
    },
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
