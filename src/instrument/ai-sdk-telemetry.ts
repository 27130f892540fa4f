import type { TelemetryIntegration } from 'ai'
import { currentOrOutsideScope } from '../runtime/scope.ts'
import { memberOf, textOf } from '../usage/json-value.ts'
import type { FrameworkRun } from './framework-runs.ts'
import { recordIfUnseen } from './layer-request.ts'
import { samePlace } from './place-names.ts'
import { aiSdkUsageOf } from './sdk-usage.ts'
import { wireState } from './wire-state.ts'

type Step = Parameters<NonNullable<TelemetryIntegration['onStepFinish']>>[0]

/**
 * An integration for the telemetry of the AI SDK: `functionId` names the agent whose requests these are, and a step is
 * recorded only where no request of it was seen.
 *
 * @example
 * registerTelemetryIntegration(metadataTelemetry()) // once; then { experimental_telemetry: { isEnabled: true, functionId: 'planner' } }
 */
export function metadataTelemetry(): TelemetryIntegration {
  const { frameworks, sightings } = wireState()
  sightings.isWatched = true
  let count = 0
  return {
    onStepStart({ model, functionId }) {
      count += 1
      frameworks.start({
        id: `ai-sdk ${count}`,
        place: currentOrOutsideScope(),
        models: [model.modelId],
        names: { agent: functionId },
      })
    },
    onStepFinish(step) {
      const run = openStep(step)
      if (run === undefined) return
      frameworks.end(run.id)
      recordIfUnseen(run, {
        status: 200,
        usage: aiSdkUsageOf(step.usage),
        upstreamModel: step.response.modelId,
        responseId: step.response.id,
        finishReason: step.finishReason,
        provider: step.model.provider.split('.')[0],
      })
    },
  }
}

/** The step that ends. The SDK gives the two no common id, so it is the oldest of its model and function in this place. */
function openStep(step: Step): FrameworkRun | undefined {
  const place = currentOrOutsideScope()
  const agent = textOf(memberOf(step, 'functionId'))
  return wireState().frameworks.findCall(
    (run) =>
      run.id.startsWith('ai-sdk ') &&
      run.names?.agent === agent &&
      run.models?.includes(step.model.modelId) === true &&
      samePlace(run.place, place),
  )
}
