import { useEffect, useRef } from 'preact/hooks'
import { formatShortDateTime } from '../../src/report/text/format-values.ts'
import type { RunAnswer } from '../../src/studio/api.ts'
import { RecordFacts, RecordTextsView } from '../run/record-facts.tsx'
import { Loading, Notice } from '../shell/notice.tsx'
import { runAddress } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { usePageKeys } from '../shell/use-page-keys.ts'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'

/** One record in each of the runs, side by side: how it ended, its calls, and what it gave where that is shown. */
export function RecordBeside({
  source,
  runs,
  recordId,
  onClose,
}: {
  readonly source: Source
  readonly runs: readonly RunAnswer[]
  readonly recordId: string
  readonly onClose: () => void
}) {
  const paths = runs.map(({ row }) => row.path)
  const { value, error } = useAnswer(async () => {
    const details = await Promise.all(paths.map((path) => source.record(path, recordId)))
    return { recordId, details }
  }, [recordId, paths.join('\n')])
  const card = useRef<HTMLDivElement>(null)
  useEffect(() => card.current?.scrollIntoView({ block: 'start' }), [value?.recordId])
  usePageKeys(({ key }) => {
    if (key === 'Escape') onClose()
  })
  return (
    <div ref={card} class="beside" aria-busy={value?.recordId !== recordId}>
      <SectionCard
        title={`Record ${recordId} in each run`}
        isWide
        actions={
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
        }
      >
        {error === undefined ? null : <Notice title={error} tone="bad" />}
        {value === undefined && error === undefined ? <Loading what="the record" /> : null}
        <div class="beside-runs">
          {(value?.details ?? []).map((detail, index) => {
            const run = runs[index]
            return run === undefined ? null : (
              <section key={run.row.path} data-run={index + 1} aria-label={`In run ${index + 1}`}>
                <h3>
                  <span class="swatch" aria-hidden="true" /> {index + 1}{' '}
                  <a href={runAddress(run.row.path, { record: recordId })}>{formatShortDateTime(run.row.startedAt)}</a>
                </h3>
                {detail === null ? (
                  <p class="card-text faint">It is not in the ledger of this run.</p>
                ) : (
                  <>
                    <RecordFacts detail={detail} />
                    <RecordTextsView texts={detail.texts} outputPath={run.metadata.execution.output_path} />
                  </>
                )}
              </section>
            )
          })}
        </div>
      </SectionCard>
    </div>
  )
}
