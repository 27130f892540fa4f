import { useEffect, useRef, useState } from 'preact/hooks'
import type { RunAnswer, RunProgress, SliceAnswer } from '../../src/studio/api.ts'
import { go, replace } from '../shell/navigation.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { changedAddress, compareAddress, type QueryChanges } from '../shell/route.ts'
import { isTyping } from '../shell/typing.ts'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { BatchesView } from './batches-view.tsx'
import { CostView } from './cost-view.tsx'
import { DurationsView } from './durations-view.tsx'
import { EnvironmentView } from './environment-view.tsx'
import { ErrorsView } from './errors-view.tsx'
import { ExplainDialog } from './explain-dialog.tsx'
import { GraphView } from './graph-view.tsx'
import { KeyFigures } from './key-figures.tsx'
import { chipsOf, type Lens, type LensChange, lensNames, readLens } from './lens.ts'
import { NextStepsView } from './next-steps-view.tsx'
import { ProgressView } from './progress-view.tsx'
import { RawJson } from './raw-json.tsx'
import { RecordDrawer } from './record-drawer.tsx'
import { RecordsView } from './records-view.tsx'
import { ReportSections } from './report-sections.tsx'
import { RepriceView } from './reprice-view.tsx'
import { RunHeader } from './run-header.tsx'
import { SectionTabs, scrollToSection, type Tab } from './section-tabs.tsx'
import { TimelineView } from './timeline-view.tsx'
import { TokensView } from './tokens-view.tsx'
import { evidenceChange, VerdictView } from './verdict-view.tsx'
import { WasteView } from './waste-view.tsx'

export interface RunPageProps {
  readonly source: Source
  readonly run: string
  readonly query: URLSearchParams
}

/** One run; a running one moves by itself. */
export function RunPage({ source, run, query }: RunPageProps) {
  const { value, error } = useAnswer(
    () => source.run(run),
    [run],
    (onChange) => source.watch(run, onChange),
  )
  useEffect(() => {
    if (value !== undefined) document.title = `${value.row.task} · ${value.row.status} · sygra`
  }, [value?.row.task, value?.row.status])
  if (value === undefined) {
    return error === undefined ? <Loading what="the run" /> : <Unreadable run={run} error={error} />
  }
  return <RunViews answer={value} source={source} run={run} query={query} />
}

/** What all parts of the page of a run are given. */
export interface RunContext {
  readonly source: Source
  readonly run: string
  readonly answer: RunAnswer
  readonly lens: Lens
  readonly query: URLSearchParams
  /** Looks at another part of the run; Back leads to the one before. */
  readonly onLens: (change: LensChange) => void
  /** Where another part of the run is. */
  readonly lensAddress: (change: LensChange) => string
  /** Changes what is typed or sorted: no step of its own for Back. */
  readonly onQuery: (changes: QueryChanges) => void
  readonly onRecord: (recordId: string | undefined) => void
  readonly onExplain: (figure: string) => void
}

function RunViews({ answer, source, run, query }: RunPageProps & { readonly answer: RunAnswer }) {
  const { metadata, ledger, row, previous } = answer
  const lens = readLens(query)
  const [figure, setFigure] = useState<string | undefined>(undefined)
  const address = (changes: QueryChanges) => changedAddress({ view: 'run', query }, changes)
  const context: RunContext = {
    ...{ source, run, answer, lens, query },
    onLens: (change) => go(address(change)),
    lensAddress: address,
    onQuery: (changes) => replace(address(changes)),
    onRecord: (recordId) => go(address({ record: recordId })),
    onExplain: setFigure,
  }
  const slice = useSlice(context)
  const progress = useLastProgress(answer)
  const recordId = query.get('record') ?? undefined
  const tabs = tabsOf(answer)
  useRunKeys(context, tabs)
  useSection(query.get('at') ?? (recordId === undefined ? undefined : 'records'))
  const chips = chipsOf(lens, ledger?.window?.fromMs)
  return (
    <div class="page run-page" data-has-drawer={recordId !== undefined}>
      <RunHeader answer={answer} source={source} />
      <NextStepsView answer={answer} />
      {progress === undefined ? null : (
        <ProgressView
          progress={progress}
          isDone={answer.progress === undefined}
          cost={metadata.aggregate_statistics.cost}
          onLens={context.onLens}
        />
      )}
      <VerdictView
        isLive={progress !== undefined}
        verdict={answer.verdict}
        address={(evidence) =>
          evidence.type === 'compare' ? compareAddress([evidence.run, run]) : address(evidenceChange(evidence))
        }
        isReport={source.onlyRun !== undefined}
        previous={previous?.path}
      />
      <KeyFigures metadata={metadata} slice={chips.length === 0 ? undefined : slice} onExplain={setFigure} />
      <SectionTabs
        tabs={tabs}
        chips={chips}
        onTab={(name) => {
          context.onQuery({ at: name })
          scrollToSection(name)
        }}
        onClear={(change) => go(address(change))}
        onClearAll={() => go(address(Object.fromEntries(lensNames.map((name) => [name, undefined]))))}
      />
      <div class="cards">
        <GraphView context={context} traffic={ledger?.traffic} />
        {ledger === undefined ? null : <TimelineView context={context} ledger={ledger} />}
        <BatchesView metadata={metadata} />
        <CostView context={context} slice={slice} />
        <ErrorsView context={context} slice={slice} />
        <DurationsView context={context} slice={slice} />
        <TokensView metadata={metadata} />
        {ledger === undefined ? null : <RecordsView context={context} ledger={ledger} recordId={recordId} />}
        <WasteView source={source} run={run} metadata={metadata} version={ledger?.readBytes ?? 0} />
        {source.onlyRun === undefined ? <RepriceView context={context} /> : null}
        <ReportSections metadata={metadata} hasLedger={ledger !== undefined} />
        <EnvironmentView metadata={metadata} />
        <RawJson
          metadata={metadata}
          address={source.fileAddress(run)}
          name={row.path.split('/').at(-1) ?? 'metadata.json'}
        />
      </div>
      {recordId === undefined ? null : <RecordDrawer context={context} recordId={recordId} />}
      {figure === undefined ? null : (
        <ExplainDialog source={source} run={run} figure={figure} onClose={() => setFigure(undefined)} />
      )}
    </div>
  )
}

/** A run that ends under one's eyes keeps its bar: nothing below it shall jump. */
function useLastProgress({ progress, metadata }: RunAnswer): RunProgress | undefined {
  const last = useRef(progress)
  if (progress !== undefined) last.current = progress
  if (progress !== undefined || last.current === undefined) return progress
  const { records } = metadata.aggregate_statistics
  return { ...last.current, records: records.total_processed, inFlight: 0, failingNow: [] }
}

function useSlice({ source, run, lens, answer: { ledger } }: RunContext): SliceAnswer | undefined {
  const keys = [run, ...Object.values(lens), ledger?.readBytes]
  const { value } = useAnswer(() => source.slice(run, lens), keys)
  return value ?? undefined
}

function tabsOf({ metadata, ledger }: RunAnswer): readonly Tab[] {
  const { graph } = metadata.execution
  const hasModels = Object.keys(metadata.models).length > 0
  return [
    ...(graph === undefined ? [] : [{ name: 'graph', title: 'Graph' }]),
    ...(ledger === undefined ? [] : [{ name: 'timeline', title: 'Timeline' }]),
    ...(hasModels ? [{ name: 'cost', title: 'Cost' }] : []),
    ...(hasModels ? [{ name: 'errors', title: 'Errors' }] : []),
    ...(hasModels ? [{ name: 'latency', title: 'Latency' }] : []),
    ...(ledger === undefined ? [] : [{ name: 'records', title: 'Records' }]),
    { name: 'waste', title: 'Waste' },
    { name: 'tables', title: 'Tables' },
    { name: 'setup', title: 'Setup' },
  ]
}

/** Goes to the section that the address names, once it is there. */
function useSection(name: string | undefined): void {
  const shown = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (name === undefined || shown.current === name) return
    // Coming back, one is where one was.
    const isFirst = shown.current === undefined
    shown.current = name
    if (!isFirst || scrollY === 0) scrollToSection(name)
  }, [name])
}

/** Digits lead to sections, Escape closes what was opened last, `c` compares with the run before, `/` searches records. */
function useRunKeys(context: RunContext, tabs: readonly Tab[]): void {
  const latest = useRef({ context, tabs })
  latest.current = { context, tabs }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
      if (isTyping(event.target)) {
        if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur()
        return
      }
      const { context: now, tabs: sections } = latest.current
      const section = /^[1-9]$/.test(event.key) ? sections[Number(event.key) - 1] : undefined
      if (section !== undefined) {
        now.onQuery({ at: section.name })
        scrollToSection(section.name)
      } else if (event.key === 'Escape') {
        const last = chipsOf(now.lens, undefined).at(-1)
        if (now.query.has('record')) now.onRecord(undefined)
        else if (last !== undefined) now.onLens(last.change)
      } else if (event.key === 'c' && now.answer.previous !== undefined) {
        go(compareAddress([now.answer.previous.path, now.run]))
      } else if (event.key === '/') {
        event.preventDefault()
        document.getElementById('record-search')?.focus()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

function Unreadable({ run, error }: { readonly run: string; readonly error: string }) {
  return (
    <div class="page">
      <h1 class="path">{run}</h1>
      <Notice title="This run cannot be shown" tone="bad">
        <pre>{error}</pre>
        <p>
          <a href="#/">All runs</a>
        </p>
      </Notice>
    </div>
  )
}
