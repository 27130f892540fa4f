import { useEffect } from 'preact/hooks'
import type { RunAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { KeyFigures } from './key-figures.tsx'
import { ReportSections } from './report-sections.tsx'
import { RunHeader } from './run-header.tsx'

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

function RunViews({ answer }: RunPageProps & { readonly answer: RunAnswer }) {
  return (
    <div class="cards">
      <ReportSections metadata={answer.metadata} />
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
