import type { RequestFilter } from '../../src/report/run/run-filter.ts'
import type { TimelineAnswer } from '../../src/studio/api.ts'

/** The part of a timeline that lies in a window, in the spans that it has. */
export function cropTimeline(timeline: TimelineAnswer, { fromMs, toMs }: RequestFilter): TimelineAnswer {
  const { spanMs, requests } = timeline
  const spans = timeline.answered.length
  const first =
    fromMs === undefined ? 0 : Math.max(0, Math.min(spans - 1, Math.floor((fromMs - timeline.fromMs) / spanMs)))
  const end = toMs === undefined ? spans : Math.max(first + 1, Math.ceil((toMs - timeline.fromMs) / spanMs))
  const part = (values: readonly number[]) => values.slice(first, end)
  const startMs = timeline.fromMs + first * spanMs
  const endMs = timeline.fromMs + Math.min(spans, end) * spanMs
  return {
    ...timeline,
    fromMs: startMs,
    answered: part(timeline.answered),
    limited: part(timeline.limited),
    failed: part(timeline.failed),
    inFlight: part(timeline.inFlight),
    waiting: part(timeline.waiting),
    completionTokens: part(timeline.completionTokens),
    costUsd: part(timeline.costUsd),
    ...(requests === undefined
      ? {}
      : {
          requests: requests.filter(
            ({ startedAtMs, durationSeconds }) =>
              startedAtMs <= endMs && startedAtMs + durationSeconds * 1000 >= startMs,
          ),
        }),
  }
}
