import { useEffect, useRef } from 'preact/hooks'
import { formatSeconds } from '../../src/report/text/format-values.ts'
import type { LedgerAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import { useAnswer } from '../source/use-answer.ts'
import { limitsOf } from './limit-steps.ts'
import { RequestLanes } from './request-lanes.tsx'
import type { RunContext } from './run-page.tsx'
import { TimelineCharts } from './timeline-charts.tsx'
import { move, type Span, within, zoom } from './timeline-window.ts'

const pixelsPerSpan = 5

/** Requests over the run: how many at once and how many were allowed, how they ended, what waited. A stretch of it is a filter. */
export function TimelineView({ context, ledger }: { readonly context: RunContext; readonly ledger: LedgerAnswer }) {
  const { source, run, lens, answer, onLens, onRecord } = context
  const { window: whole } = ledger
  const frame = useRef<HTMLDivElement>(null)
  const spans = Math.max(60, Math.min(400, Math.floor(innerWidth / pixelsPerSpan)))
  const isZoomed = lens.fromMs !== undefined || lens.toMs !== undefined
  const shown =
    whole === undefined
      ? undefined
      : isZoomed
        ? within(whole, { fromMs: lens.fromMs ?? whole.fromMs, toMs: lens.toMs ?? whole.toMs })
        : whole
  const { value: last, error } = useAnswer(
    () => source.timeline(run, { ...lens, fromMs: shown?.fromMs, toMs: shown?.toMs }, spans),
    [
      run,
      shown?.fromMs,
      shown?.toMs,
      lens.node,
      lens.model,
      lens.error,
      lens.overSeconds,
      lens.underSeconds,
      spans,
      ledger.isSample ? 'sample' : 'whole',
    ],
  )
  const setChosen = (span: Span | undefined) =>
    onLens({
      from: span === undefined ? undefined : String(Math.round(span.fromMs)),
      to: span === undefined ? undefined : String(Math.round(span.toMs)),
    })
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
      <SectionCard id="timeline" title="Timeline" isWide>
        <p class="card-text card-end faint">
          {answer.metadata.aggregate_statistics.avoided === undefined
            ? 'There is no request in the ledger, or none that this version can read.'
            : 'No request was made: what was asked was answered by what the cache had kept.'}
        </p>
      </SectionCard>
    )
  }
  return (
    <SectionCard
      id="timeline"
      title="Timeline"
      isWide
      note={<TimelineNote ledger={ledger} whole={whole} shown={shown} isZoomed={isZoomed} />}
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
            <TimelineCharts
              timeline={last}
              originMs={whole.fromMs}
              limits={limitsOf(answer.metadata)}
              onSelect={setChosen}
            />
            <RequestLanes timeline={last} shown={shown} onRecord={onRecord} />
          </>
        ) : last === null ? (
          <p class="card-text card-end faint">Of this part alone the report has no timeline.</p>
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
