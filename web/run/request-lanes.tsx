import { useEffect, useRef } from 'preact/hooks'
import { formatSeconds } from '../../src/report/text/format-values.ts'
import type { TimelineAnswer } from '../../src/studio/api.ts'
import type { TimelineRequest } from '../../src/studio/timeline.ts'
import type { Span } from './timeline-window.ts'

const laneHeight = 9
const maxLanes = 60

/** Each request as a bar, where there are few enough of them; those at the same time below each other. */
export function RequestLanes({
  timeline: { requests },
  shown,
  onRecord,
}: {
  readonly timeline: TimelineAnswer
  readonly shown: Span
  readonly onRecord: (recordId: string) => void
}) {
  const picture = useRef<SVGSVGElement>(null)
  useEffect(() => {
    // The table of records is the way of the keyboard to the same place.
    const onClick = (event: Event) => {
      const recordId = event.target instanceof Element ? event.target.getAttribute('data-record') : null
      if (recordId !== null) onRecord(recordId)
    }
    const element = picture.current
    element?.addEventListener('click', onClick)
    return () => element?.removeEventListener('click', onClick)
  })
  if (requests === undefined || requests.length === 0) return null
  const lanes = packLanes(requests)
  const rows = Math.min(maxLanes, Math.max(...lanes) + 1)
  const length = shown.toMs - shown.fromMs
  const at = (ms: number) => Math.max(0, Math.min(1000, ((ms - shown.fromMs) / length) * 1000))
  return (
    <>
      <p class="chart-title">Each request</p>
      <svg
        ref={picture}
        class="lanes"
        viewBox={`0 0 1000 ${rows * laneHeight}`}
        preserveAspectRatio="none"
        height={rows * laneHeight}
        aria-hidden="true"
      >
        {requests.map((request, index) => {
          const lane = lanes[index] ?? 0
          if (lane >= maxLanes) return null
          const left = at(request.startedAtMs)
          const width = Math.max(1, at(request.startedAtMs + request.durationSeconds * 1000) - left)
          const { recordId } = request
          return (
            <rect
              key={`${request.startedAtMs} ${lane}`}
              x={left}
              y={lane * laneHeight + 1}
              width={width}
              height={laneHeight - 2}
              data-outcome={outcomeOf(request)}
              data-record={recordId}
            >
              <title>{titleOf(request)}</title>
            </rect>
          )
        })}
      </svg>
    </>
  )
}

/** The first lane that is free, for each request in order of its start. */
export function packLanes(requests: readonly Pick<TimelineRequest, 'startedAtMs' | 'durationSeconds'>[]): number[] {
  const lanes = new Array<number>(requests.length).fill(0)
  const freeAtMs: number[] = []
  const order = requests
    .map((_, index) => index)
    .sort((a, b) => (requests[a]?.startedAtMs ?? 0) - (requests[b]?.startedAtMs ?? 0))
  for (const index of order) {
    const request = requests[index]
    if (request === undefined) continue
    const free = freeAtMs.findIndex((atMs) => atMs <= request.startedAtMs)
    const lane = free < 0 ? freeAtMs.length : free
    freeAtMs[lane] = request.startedAtMs + request.durationSeconds * 1000
    lanes[index] = lane
  }
  return lanes
}

function outcomeOf({ isAnswered, status }: TimelineRequest): string {
  if (isAnswered) return 'answered'
  return status === 429 ? 'limited' : 'failed'
}

function titleOf({ node, model, status, durationSeconds, recordId }: TimelineRequest): string {
  return [node, model, `status ${status}`, formatSeconds(durationSeconds), recordId].filter(Boolean).join(', ')
}
