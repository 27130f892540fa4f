import { useEffect } from 'preact/hooks'
import { formatShortDateTime } from '../../src/report/text/format-values.ts'
import type { RunAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { compareAddress, runAddress } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'
import { StatusPill } from '../shell/status-pill.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { OverlaidLatency } from './overlaid-latency.tsx'

/** More lines in one picture cannot be told apart. */
const maxRuns = 6

/** Two or more runs beside each other; the first one is what the others are compared with. */
export function ComparePage({ source, runs }: { readonly source: Source; readonly runs: readonly string[] }) {
  const compared = runs.slice(0, maxRuns)
  const { value, error } = useAnswer(() => Promise.all(compared.map(source.run)), [compared.join('\n')])
  useEffect(() => {
    document.title = 'Compare · sygra studio'
  }, [])
  if (runs.length < 2) {
    return (
      <div class="page">
        <h1>Compare</h1>
        <Notice title="Two runs are needed">
          <p>
            Select them in the <a href="#/">list of runs</a>, by their boxes or by the key <kbd>x</kbd>.
          </p>
        </Notice>
      </div>
    )
  }
  if (value === undefined) {
    return error === undefined ? <Loading what="the runs" /> : <Notice title={error} tone="bad" />
  }
  const [base, ...heads] = value
  if (base === undefined) return null
  return (
    <div class="page">
      <div class="page-head">
        <h1>Compare</h1>
        <span class="faint">the first run is what the others are compared with</span>
      </div>
      <ComparedRuns runs={value} />
      {runs.length > maxRuns ? <Notice title={`Only the first ${maxRuns} runs are shown`} tone="warning" /> : null}
      <div class="cards">
        <OverlaidLatency runs={value} />
      </div>
      {heads.map((head) => (
        <Difference key={head.row.path} source={source} base={base} head={head} isOnly={heads.length === 1} />
      ))}
    </div>
  )
}

function ComparedRuns({ runs }: { readonly runs: readonly RunAnswer[] }) {
  const paths = runs.map(({ row }) => row.path)
  return (
    <ol class="compared">
      {runs.map(({ row }, index) => (
        <li key={row.path} data-run={index + 1}>
          <span class="swatch" aria-hidden="true" />
          <a href={runAddress(row.path)}>{row.task}</a>
          <StatusPill status={row.status} />
          <span class="faint">
            {formatShortDateTime(row.startedAt)} <code>{row.runId?.slice(0, 8)}</code>
          </span>
          {index === 0 ? (
            <span class="faint">base</span>
          ) : (
            <a class="faint" href={compareAddress([row.path, ...paths.filter((path) => path !== row.path)])}>
              make it the base
            </a>
          )}
        </li>
      ))}
    </ol>
  )
}

function Difference({
  source,
  base,
  head,
  isOnly,
}: {
  readonly source: Source
  readonly base: RunAnswer
  readonly head: RunAnswer
  readonly isOnly: boolean
}) {
  const [basePath, headPath] = [base.row.path, head.row.path]
  const { value, error } = useAnswer(() => source.compare(basePath, headPath), [basePath, headPath])
  if (value === undefined) {
    return error === undefined ? <Loading what="the comparison" /> : <Notice title={error} tone="bad" />
  }
  return (
    <>
      {isOnly ? null : (
        <h2 class="part-title">
          {head.row.task}, {formatShortDateTime(head.row.startedAt)}, against the base
        </h2>
      )}
      <div class="cards">
        {value.sections.map((section, index) => (
          <SectionCard key={section.title ?? index} title={section.title ?? ''} isWide={section.type === 'table'}>
            <SectionView section={section} />
          </SectionCard>
        ))}
      </div>
    </>
  )
}
