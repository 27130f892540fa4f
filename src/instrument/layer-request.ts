import type { FrameworkRun } from './framework-runs.ts'
import { withNames } from './place-names.ts'
import { recordUnseen, type UnseenRequest } from './unseen-request.ts'
import { wireState } from './wire-state.ts'

/** How a call to a model ended, as a framework tells it. */
export type LayerAnswer = Omit<UnseenRequest, 'startedAt' | 'place' | 'model'>

/** Records the call of a framework to a model, where neither the wire nor another layer has done so. */
export function recordIfUnseen(run: FrameworkRun, answer: LayerAnswer): void {
  const { frameworks, sightings } = wireState()
  const { place, startedAt, wasAlone, models = [] } = run
  const { responseId, upstreamModel } = answer
  const names = frameworks.namesOf(run)
  const known = [...models, upstreamModel, names.model?.name].filter((name) => name !== undefined)
  if (sightings.claim(place, { responseId, models: known, startedAt, wasAlone })) return
  const scope = withNames(place, names)
  recordUnseen(scope, {
    ...answer,
    place,
    startedAt,
    model: scope.model?.name ?? upstreamModel ?? known[0] ?? 'unknown',
  })
}
