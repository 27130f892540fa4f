import { useEffect, useRef, useState } from 'preact/hooks'
import type { Metadata } from '../../src/metadata/schema.ts'
import type { RunAnswer, RunProgress, SliceAnswer } from '../../src/studio/api.ts'
import { go, replace } from '../shell/navigation.ts'
import { Answered, Notice } from '../shell/notice.tsx'
import { changedAddress, compareAddress, type QueryChanges } from '../shell/route.ts'
import { usePageKeys } from '../shell/use-page-keys.ts'
import type { Source } from '../source/source.ts'
import { type Answer, useAnswer } from '../source/use-answer.ts'
import { BatchesView } from './batches-view.tsx'
import { CostView } from './cost-view.tsx'
import { DurationsView } from './durations-view.tsx'
import { EnvironmentView } from './environment-view.tsx'
import { ErrorsView } from './errors-view.tsx'
import { ExplainDialog } from './explain-dialog.tsx'
import { GraphView } from './graph-view.tsx'
import { KeyFigures } from './key-figures.tsx'
import { stateOfSums } from './ledger-state.ts'
import { chipsOf, type Lens, type LensChange, oneFilter, openLens, readLens } from './lens.ts'
import { NextStepsView } from './next-steps-view.tsx'
import { ProgressView } from './progress-view.tsx'
import { RawJson } from './raw-json.tsx'
import { RecordDrawer } from './record-drawer.tsx'
import { RecordsView, useRecords } from './records-view.tsx'
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
  const answer = useAnswer(
    () => source.run(run),
    [run],
    (onChange) => source.watch(run, onChange),
  )
  const { value, error } = answer
  useEffect(() => {
    if (value !== undefined) document.title = `${value.row.task} · ${value.row.status} · sygra`
  }, [value?.row.task, value?.row.status])
  if (value === undefined && error !== undefined) return <Unreadable run={run} error={error} />
  return (
    <Answered answer={answer} what="the run">
      {(known) => <RunViews answer={known} source={source} run={run} query={query} />}
    </Answered>
  )
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
  const isReport = source.onlyRun !== undefined
  const address = (changes: QueryChanges) =>
    changedAddress({ view: 'run', query }, isReport ? oneFilter(changes) : changes)
  const context: RunContext = {
    ...{ source, run, answer, lens, query },
    onLens: (change) => go(address(change)),
    lensAddress: address,
    onQuery: (changes) => replace(address(changes)),
    onRecord: (recordId) => go(address({ record: recordId })),
    onExplain: setFigure,
  }
  const part = useSlice(context)
  const slice = part.value ?? undefined
  const records = useRecords(context)
  const progress = useLastProgress(answer)
  const recordId = query.get('record') ?? undefined
  const tabs = tabsOf(answer)
  const areRecordsShown = ledger !== undefined && hasRecords(metadata)
  useRunKeys(context, tabs)
  useSection(query.get('at') ?? (recordId === undefined ? undefined : 'records'))
  const chips = chipsOf(lens, ledger?.window?.fromMs)
  // What is known of the whole run would stand below the chips as if it were of the part.
  const isUnknownPart = chips.length > 0 && part.value === null
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
        isReport={isReport}
        previous={previous?.path}
      />
      {part.error === undefined ? null : <Notice title={part.error} tone="bad" />}
      <KeyFigures metadata={metadata} part={chips.length === 0 ? 'whole' : part.value} onExplain={setFigure} />
      <SectionTabs
        tabs={tabs}
        chips={chips}
        onTab={(name) => {
          context.onQuery({ at: name })
          scrollToSection(name)
        }}
        onClear={(change) => go(address(change))}
        onClearAll={() => go(address(openLens))}
      />
      <div class="cards">
        <GraphView context={context} traffic={ledger?.traffic} />
        {ledger === undefined ? null : <TimelineView context={context} ledger={ledger} />}
        <BatchesView metadata={metadata} />
        {isUnknownPart ? null : (
          <>
            {hasRequests(metadata) ? <CostView context={context} slice={slice} /> : null}
            <ErrorsView context={context} slice={slice} />
            {hasRequests(metadata) ? <DurationsView context={context} slice={slice} /> : null}
          </>
        )}
        <TokensView metadata={metadata} />
        {!areRecordsShown ? null : (
          <RecordsView context={context} ledger={ledger} recordId={recordId} records={records} />
        )}
        <WasteView source={source} run={run} metadata={metadata} version={stateOfSums(ledger)} />
        {isReport || !hasRequests(metadata) ? null : <RepriceView context={context} />}
        <ReportSections metadata={metadata} hasLedger={ledger !== undefined} />
        <EnvironmentView metadata={metadata} />
        <RawJson
          metadata={metadata}
          address={source.fileAddress(run)}
          name={row.path.split('/').at(-1) ?? 'metadata.json'}
        />
      </div>
      {recordId === undefined ? null : <RecordDrawer context={context} recordId={recordId} list={records.value} />}
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

/** Where the cache answered all, there is nothing to be said of requests. */
function hasRequests({ aggregate_statistics: { requests, avoided } }: Metadata): boolean {
  return requests.total_requests > 0 || avoided === undefined
}

/** A program that is watched from outside may have none; a workflow has, or will have. */
export function hasRecords({ execution: { graph }, aggregate_statistics: { records } }: Metadata): boolean {
  return graph !== undefined || records.total_processed > 0
}

/** The part of the run that is looked at; null where nobody knows it. */
function useSlice({ source, run, lens, answer: { ledger } }: RunContext): Answer<SliceAnswer | null> {
  return useAnswer(() => source.slice(run, lens), [run, ...Object.values(lens), stateOfSums(ledger)])
}

function tabsOf({ metadata, ledger }: RunAnswer): readonly Tab[] {
  const { graph } = metadata.execution
  const hasModels = Object.keys(metadata.models).length > 0 && hasRequests(metadata)
  return [
    ...(graph === undefined ? [] : [{ name: 'graph', title: 'Graph' }]),
    ...(ledger === undefined ? [] : [{ name: 'timeline', title: 'Timeline' }]),
    ...(hasModels ? [{ name: 'cost', title: 'Cost' }] : []),
    ...(hasModels ? [{ name: 'errors', title: 'Errors' }] : []),
    ...(hasModels ? [{ name: 'latency', title: 'Latency' }] : []),
    ...(ledger === undefined || !hasRecords(metadata) ? [] : [{ name: 'records', title: 'Records' }]),
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
function useRunKeys({ lens, query, answer, run, onQuery, onRecord, onLens }: RunContext, tabs: readonly Tab[]): void {
  usePageKeys((event) => {
    const section = /^[1-9]$/.test(event.key) ? tabs[Number(event.key) - 1] : undefined
    if (section !== undefined) {
      onQuery({ at: section.name })
      scrollToSection(section.name)
    } else if (event.key === 'Escape') {
      const last = chipsOf(lens, undefined).at(-1)
      if (query.has('record')) onRecord(undefined)
      else if (last !== undefined) onLens(last.change)
    } else if (event.key === 'c' && answer.previous !== undefined) {
      go(compareAddress([answer.previous.path, run]))
    } else if (event.key === '/') {
      event.preventDefault()
      document.getElementById('record-search')?.focus()
    }
  })
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
