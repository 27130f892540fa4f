import { useEffect, useRef, useState } from 'preact/hooks'
import { formatSeconds } from '../../src/report/text/format-values.ts'
import type { LedgerAnswer, TimelineAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { RequestLanes } from './request-lanes.tsx'
import { TimelineCharts } from './timeline-charts.tsx'
import { move, type Span, within, zoom } from './timeline-window.ts'

export interface TimelineViewProps {
  readonly source: Source
  readonly run: string
  readonly ledger: LedgerAnswer
  readonly onRecord: (recordId: string) => void
}

const pixelsPerSpan = 5

/** Requests over the run: how many at once, how they ended, what waited. A part of it can be looked at closely. */
export function TimelineView({ source, run, ledger, onRecord }: TimelineViewProps) {
  const { window: whole } = ledger
  const [chosen, setChosen] = useState<Span | undefined>(undefined)
  const frame = useRef<HTMLDivElement>(null)
  const spans = Math.max(60, Math.min(400, Math.floor(innerWidth / pixelsPerSpan)))
  const shown = whole === undefined ? undefined : chosen === undefined ? whole : within(whole, chosen)
  const { value, error } = useAnswer(
    () => source.timeline(run, { fromMs: shown?.fromMs, toMs: shown?.toMs, spans }),
    [run, shown?.fromMs, shown?.toMs, spans, ledger.isSample ? 'sample' : 'whole'],
  )
  const last = useLast(value)
  const act = (change: (whole: Span, shown: Span) => Span) => {
    if (whole !== undefined && shown !== undefined) setChosen(change(whole, shown))
  }
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => act((all, now) => zoom(all, now, 0.5)),
    '=': () => act((all, now) => zoom(all, now, 0.5)),
    '-': () => act((all, now) => zoom(all, now, 2)),
    ArrowLeft: () => act((all, now) => move(all, now, -0.25)),
    ArrowRight: () => act((all, now) => move(all, now, 0.25)),
    '0': () => setChosen(undefined),
  }
  const latestKeys = useRef(keys)
  latestKeys.current = keys
  useKeys(frame, latestKeys)
  if (whole === undefined || shown === undefined) {
    if (!ledger.isWhole || ledger.bytes === 0) return null
    return (
      <SectionCard title="Timeline" isWide>
        <p class="card-text card-end faint">There is no request in the ledger, or none that this version can read.</p>
      </SectionCard>
    )
  }
  return (
    <SectionCard
      id="timeline"
      title="Timeline"
      isWide
      note={<TimelineNote ledger={ledger} whole={whole} shown={shown} isZoomed={chosen !== undefined} />}
      actions={
        <span class="button-row">
          <ZoomButton label="Earlier" text="←" onClick={keys.ArrowLeft} />
          <ZoomButton label="Zoom out" text="−" onClick={keys['-']} />
          <ZoomButton label="Zoom in" text="+" onClick={keys['+']} />
          <ZoomButton label="Later" text="→" onClick={keys.ArrowRight} />
          <ZoomButton label="All: show the whole run" text="All" onClick={keys['0']} />
        </span>
      }
    >
      <div ref={frame} class="timeline">
        {error === undefined ? null : <Notice title={error} tone="bad" />}
        {last ? (
          <>
            <TimelineCharts timeline={last} originMs={whole.fromMs} onSelect={setChosen} />
            <RequestLanes timeline={last} shown={shown} onRecord={onRecord} />
          </>
        ) : (
          <Loading what="the ledger" />
        )}
      </div>
    </SectionCard>
  )
}

function ZoomButton({
  label,
  text,
  onClick,
}: {
  readonly label: string
  readonly text: string
  readonly onClick?: () => void
}) {
  return (
    <button type="button" class="button" aria-label={label} title={label} onClick={onClick}>
      {text}
    </button>
  )
}

function TimelineNote({
  ledger: { isSample, isWhole, readBytes, bytes },
  whole,
  shown,
  isZoomed,
}: {
  readonly ledger: LedgerAnswer
  readonly whole: Span
  readonly shown: Span
  readonly isZoomed: boolean
}) {
  const read = isWhole ? '' : `, ${Math.floor((100 * readBytes) / bytes)}% of the ledger read`
  if (isSample) return <>a sample of the requests{read}</>
  const elapsed = (atMs: number) => formatSeconds((atMs - whole.fromMs) / 1000)
  return (
    <>
      {isZoomed
        ? `from ${elapsed(shown.fromMs)} to ${elapsed(shown.toMs)} of the run`
        : 'drag over a part of it to look closely'}
      {read}
    </>
  )
}

/** The last one that was there: while another one is asked for, the old one stays. */
function useLast(value: TimelineAnswer | null | undefined): TimelineAnswer | null | undefined {
  const last = useRef(value)
  if (value !== undefined) last.current = value
  return last.current
}

/** Keys that work while something in the frame has the focus; the frame itself can have it. */
function useKeys(
  frame: { readonly current: HTMLElement | null },
  keys: { readonly current: Readonly<Record<string, () => void>> },
): void {
  useEffect(() => {
    const card = frame.current?.closest('section')
    if (!card) return
    card.tabIndex = 0
    const onKey = (event: KeyboardEvent) => {
      const act = keys.current[event.key]
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      act()
    }
    card.addEventListener('keydown', onKey)
    return () => card.removeEventListener('keydown', onKey)
  })
}
