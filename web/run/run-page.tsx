import { useEffect, useState } from 'preact/hooks'
import type { RunAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { replaceQuery } from '../shell/route.ts'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { ConcurrencyView } from './concurrency-view.tsx'
import { CostView } from './cost-view.tsx'
import { EnvironmentView } from './environment-view.tsx'
import { GraphView } from './graph-view.tsx'
import { KeyFigures } from './key-figures.tsx'
import { LatencyView } from './latency-view.tsx'
import { RawJson } from './raw-json.tsx'
import { RecordsView } from './records-view.tsx'
import { ReportSections } from './report-sections.tsx'
import { RunHeader } from './run-header.tsx'
import { TimelineView } from './timeline-view.tsx'
import { TokensView } from './tokens-view.tsx'
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
  return (
    <div class="page">
      {error === undefined ? null : <Notice title={error} tone="bad" />}
      <RunHeader answer={value} source={source} />
      <KeyFigures metadata={value.metadata} />
      <RunViews answer={value} source={source} run={run} query={query} />
    </div>
  )
}

function RunViews({ answer, source, run, query }: RunPageProps & { readonly answer: RunAnswer }) {
  const { metadata, ledger, row } = answer
  const [recordId, setRecordId] = useState(query.get('record') ?? undefined)
  const showRecord = (id: string | undefined) => {
    setRecordId(id)
    replaceQuery('run', { run, record: id ?? '' })
  }
  const openRecord = (id: string) => {
    showRecord(id)
    document.getElementById('records')?.scrollIntoView({ block: 'start' })
  }
  return (
    <div class="cards">
      <GraphView metadata={metadata} traffic={ledger?.traffic} />
      {ledger === undefined ? null : <TimelineView source={source} run={run} ledger={ledger} onRecord={openRecord} />}
      <LatencyView metadata={metadata} />
      <div class="card-stack">
        <TokensView metadata={metadata} />
        <CostView metadata={metadata} />
      </div>
      {ledger === undefined ? null : (
        <RecordsView
          source={source}
          run={run}
          metadata={metadata}
          ledger={ledger}
          recordId={recordId}
          onRecord={showRecord}
        />
      )}
      <ReportSections metadata={metadata} hasLedger={ledger !== undefined} />
      <WasteView source={source} run={run} metadata={metadata} version={ledger?.readBytes ?? 0} />
      <ConcurrencyView metadata={metadata} />
      <EnvironmentView metadata={metadata} />
      <RawJson
        metadata={metadata}
        address={source.fileAddress(run)}
        name={row.path.split('/').at(-1) ?? 'metadata.json'}
      />
    </div>
  )
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
