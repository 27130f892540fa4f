import { useEffect } from 'preact/hooks'
import { formatShortDateTime } from '../../src/report/text/format-values.ts'
import type { CompareAnswer, RunAnswer } from '../../src/studio/api.ts'
import { failedShareOf } from '../runs/column.tsx'
import { shortTask } from '../runs/task-name.ts'
import { go } from '../shell/navigation.ts'
import { Answered, Notice } from '../shell/notice.tsx'
import { changedAddress, compareAddress, type QueryChanges, runAddress } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { StatusPill } from '../shell/status-pill.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { watchRuns } from '../source/use-runs.ts'
import { CompareMatrix } from './compare-matrix.tsx'
import { compareGroups } from './compare-rows.ts'
import { ComparedRecords } from './compared-records-view.tsx'
import { OverlaidLatency } from './overlaid-latency.tsx'
import { RecordBeside } from './record-beside.tsx'

/** More lines in one picture cannot be told apart. */
const maxRuns = 6

export interface ComparePageProps {
  readonly source: Source
  readonly runs: readonly string[]
  readonly query: URLSearchParams
}

/** Two or more runs in one table; the first one is what the others are compared with. */
export function ComparePage({ source, runs, query }: ComparePageProps) {
  const compared = runs.slice(0, maxRuns)
  const answer = useAnswer(
    async () => {
      const [base = '', ...heads] = compared
      const answers = await Promise.all(compared.map((run) => source.run(run)))
      const comparisons: CompareAnswer[] = []
      for (const head of heads) comparisons.push(await source.compare(base, head))
      return { answers, comparisons }
    },
    [compared.join('\n')],
    (onChange) => watchRuns(source, compared, onChange),
  )
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
  return (
    <Answered answer={answer} what="the runs">
      {(value) => <ComparedView {...value} source={source} query={query} isCut={runs.length > maxRuns} />}
    </Answered>
  )
}

function ComparedView({
  answers,
  comparisons,
  source,
  query,
  isCut,
}: {
  readonly source: Source
  readonly answers: readonly RunAnswer[]
  readonly comparisons: readonly CompareAnswer[]
  readonly query: URLSearchParams
  /** More runs were asked for than are shown. */
  readonly isCut: boolean
}) {
  const [base, ...heads] = answers
  if (base === undefined) return null
  const isDiffOnly = query.get('diff') === 'only'
  const recordId = query.get('record') ?? undefined
  const address = (changes: QueryChanges) => changedAddress({ view: 'compare', query }, changes)
  const groups = compareGroups(
    base.metadata,
    heads.flatMap(({ metadata }, index) => {
      const comparison = comparisons[index]?.comparison
      return comparison === undefined ? [] : [{ metadata, comparison }]
    }),
  )
  return (
    <div class="page">
      <div class="page-head">
        <h1>Compare</h1>
        <label class="check-label">
          <input
            type="checkbox"
            checked={isDiffOnly}
            onChange={() => go(address({ diff: isDiffOnly ? undefined : 'only' }))}
          />
          Only what differs
        </label>
      </div>
      <ComparedRuns runs={answers} />
      {isCut ? <Notice title={`Only the first ${maxRuns} runs are shown`} tone="warning" /> : null}
      <Cautions comparisons={comparisons} heads={heads} />
      <CompareMatrix groups={groups} runs={answers} isDiffOnly={isDiffOnly} />
      <div class="cards">
        {comparisons.map((comparison, index) => (
          <ComparedRecords
            key={comparison.head}
            comparison={comparison}
            head={heads[index]}
            base={base}
            addressOf={(record) => address({ record })}
          />
        ))}
        {recordId === undefined ? null : (
          <RecordBeside
            source={source}
            runs={answers}
            recordId={recordId}
            onClose={() => go(address({ record: undefined }))}
          />
        )}
        <OverlaidLatency runs={answers} />
      </div>
    </div>
  )
}

/** What keeps one from judging, and what was not alike from the start: read before the figures. */
function Cautions({
  comparisons,
  heads,
}: {
  readonly comparisons: readonly CompareAnswer[]
  readonly heads: readonly RunAnswer[]
}) {
  const said = comparisons.flatMap(({ comparison: { objections, caution, beforehand } }, index) => {
    const name = heads.length > 1 ? `${index + 2}: ` : ''
    return [
      ...objections.map((text) => ({ text: `${name}${text}`, tone: 'bad' })),
      ...(caution === undefined ? [] : [{ text: `${name}${caution}`, tone: 'warning' }]),
      ...beforehand.map(({ what, base = '–', head = '–', isGrave }) => ({
        text: `${name}${what}: ${base} → ${head}`,
        tone: isGrave ? 'warning' : undefined,
      })),
    ]
  })
  if (said.length === 0) return null
  return (
    <SectionCard title="Not alike from the start" isWide>
      <ul class="cautions">
        {said.map(({ text, tone }) => (
          <li key={text} data-tone={tone}>
            {text}
          </li>
        ))}
      </ul>
    </SectionCard>
  )
}

function ComparedRuns({ runs }: { readonly runs: readonly RunAnswer[] }) {
  const paths = runs.map(({ row }) => row.path)
  return (
    <ol class="compared">
      {runs.map(({ row }, index) => (
        <li key={row.path} data-run={index + 1}>
          <span class="swatch" aria-hidden="true" />
          <span class="faint">{index + 1}</span>
          <a href={runAddress(row.path)} title={row.task}>
            {shortTask(row.task)}
          </a>
          <StatusPill status={row.status} failedShare={failedShareOf(row)} />
          <span class="faint">
            {formatShortDateTime(row.startedAt)} <code>{row.runId?.slice(0, 8)}</code>
          </span>
          {index === 0 ? (
            <span class="faint">base</span>
          ) : (
            <a href={compareAddress([row.path, ...paths.filter((path) => path !== row.path)])}>make it the base</a>
          )}
        </li>
      ))}
    </ol>
  )
}
