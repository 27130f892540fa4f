import { useEffect, useRef, useState } from 'preact/hooks'
import { formatSeconds } from '../../src/report/text/format-values.ts'
import type { TimelineAnswer } from '../../src/studio/api.ts'
import type { TimelineRequest } from '../../src/studio/ledger/timeline.ts'
import type { Span } from './timeline-window.ts'

const laneHeight = 9
const maxLanes = 60

/**
 * Each request as a bar, where there are few enough of them; those at the same time below each other. With the focus on them,
 * the arrows go from one to the next and Enter opens its record.
 */
export function RequestLanes({
  timeline: { requests },
  shown,
  onRecord,
}: {
  readonly timeline: TimelineAnswer
  readonly shown: Span
  readonly onRecord: (recordId: string) => void
}) {
  const [current, setCurrent] = useState<number | undefined>(undefined)
  const frame = useRef<HTMLElement>(null)
  const latest = useRef<LaneActions>({ onKey: () => {}, onRecord })
  useLaneActions(frame, latest)
  if (requests === undefined || requests.length === 0) return null
  const lanes = packLanes(requests)
  const rows = Math.min(maxLanes, Math.max(...lanes) + 1)
  const length = shown.toMs - shown.fromMs
  const at = (ms: number) => Math.max(0, Math.min(1000, ((ms - shown.fromMs) / length) * 1000))
  const order = requests.map((_, index) => index).sort((a, b) => startOf(requests[a]) - startOf(requests[b]))
  const now = current === undefined ? undefined : requests[current]
  const move = (step: number) => {
    const place = current === undefined ? -1 : order.indexOf(current)
    setCurrent(order[Math.max(0, Math.min(order.length - 1, place + step))])
  }
  const onKey = (event: KeyboardEvent) => {
    const recordId = now?.recordId
    if (event.key === 'ArrowRight') move(1)
    else if (event.key === 'ArrowLeft') move(-1)
    else if (event.key === 'Enter' && recordId !== undefined) onRecord(recordId)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  latest.current = { onKey, onRecord }
  return (
    <>
      <p class="chart-title">Each request</p>
      <section
        ref={frame}
        class="lanes-frame"
        aria-label="Each request: arrows go from one to the next, Enter opens its record"
      >
        <svg
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
            return (
              <rect
                key={`${request.startedAtMs} ${lane}`}
                x={left}
                y={lane * laneHeight + 1}
                width={width}
                height={outcomeOf(request) === 'limited' ? laneHeight / 2 : laneHeight - 2}
                data-outcome={outcomeOf(request)}
                data-record={request.recordId}
                data-current={index === current}
              >
                <title>{titleOf(request)}</title>
              </rect>
            )
          })}
        </svg>
        <p class="lanes-now" role="status">
          {now === undefined ? '' : titleOf(now)}
        </p>
      </section>
    </>
  )
}

interface LaneActions {
  readonly onKey: (event: KeyboardEvent) => void
  readonly onRecord: (recordId: string) => void
}

/** The frame takes the focus and the keys; a click on a bar opens its record. */
function useLaneActions(
  frame: { readonly current: HTMLElement | null },
  latest: { readonly current: LaneActions },
): void {
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    element.tabIndex = 0
    const onKey = (event: KeyboardEvent) => latest.current.onKey(event)
    const onClick = (event: Event) => {
      const recordId = event.target instanceof Element ? event.target.getAttribute('data-record') : null
      if (recordId !== null) latest.current.onRecord(recordId)
    }
    element.addEventListener('keydown', onKey)
    element.addEventListener('click', onClick)
    return () => {
      element.removeEventListener('keydown', onKey)
      element.removeEventListener('click', onClick)
    }
  })
}

function startOf(request: TimelineRequest | undefined): number {
  return request?.startedAtMs ?? 0
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
