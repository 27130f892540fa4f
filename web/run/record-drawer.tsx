import { useEffect } from 'preact/hooks'
import { formatQuantity } from '../../src/report/text/format-values.ts'
import type { RecordsAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { compareAddress } from '../shell/route.ts'
import { usePageKeys } from '../shell/use-page-keys.ts'
import { useAnswer } from '../source/use-answer.ts'
import { stateOfRecords } from './ledger-state.ts'
import { RecordFacts, RecordTextsView } from './record-facts.tsx'
import type { RunContext } from './run-page.tsx'

/** One record beside the list: how it ended and why, its calls with their attempts. j and k go through the list. */
export function RecordDrawer({
  context,
  recordId,
  list,
}: {
  readonly context: RunContext
  readonly recordId: string
  /** The list that it is beside. */
  readonly list: RecordsAnswer | null | undefined
}) {
  const { source, run, answer, onRecord } = context
  const { value, error } = useAnswer(() => source.record(run, recordId), [run, recordId, stateOfRecords(answer.ledger)])
  const neighbours = neighboursOf(list, recordId)
  usePageKeys(({ key }) => {
    const to = key === 'j' ? neighbours.next : key === 'k' ? neighbours.previous : undefined
    if (to !== undefined) onRecord(to)
  })
  useEffect(() => {
    document.getElementById(`record-${recordId}`)?.scrollIntoView({ block: 'nearest' })
  }, [recordId])
  return (
    <aside class="drawer" aria-label={`Record ${recordId}`} aria-busy={value?.record.recordId !== recordId}>
      <div class="drawer-head">
        <h2>
          Record <code>{recordId}</code>
        </h2>
        <span class="button-row">
          <NeighbourButton label="Previous record" text="k ↑" recordId={neighbours.previous} onRecord={onRecord} />
          <NeighbourButton label="Next record" text="j ↓" recordId={neighbours.next} onRecord={onRecord} />
        </span>
        {answer.previous === undefined ? null : (
          <a class="button" href={compareAddress([answer.previous.path, run], { record: recordId })}>
            Beside the run before
          </a>
        )}
        <button type="button" class="button" onClick={() => onRecord(undefined)}>
          Close
        </button>
      </div>
      <div class="drawer-body">
        {error === undefined ? null : <Notice title={error} tone="bad" />}
        {value === undefined && error === undefined ? <Loading what="its calls" /> : null}
        {value === null ? (
          <p class="card-text faint">
            {source.extent === undefined
              ? 'The calls of this record are not in the ledger.'
              : `The report holds the calls of the first ${formatQuantity(source.extent.detailed, 'record')} of each kind: this is none of them.`}
          </p>
        ) : null}
        {value ? <RecordFacts detail={value} /> : null}
        {value && source.onlyRun === undefined ? (
          <RecordTextsView texts={value.texts} outputPath={answer.metadata.execution.output_path} />
        ) : null}
      </div>
    </aside>
  )
}

interface Neighbours {
  readonly previous: string | undefined
  readonly next: string | undefined
}

/** The records before and after one, in the order of the list. */
function neighboursOf(list: RecordsAnswer | null | undefined, recordId: string): Neighbours {
  const ids = list?.rows.map((row) => row.recordId) ?? []
  const index = ids.indexOf(recordId)
  return { previous: index > 0 ? ids[index - 1] : undefined, next: index < 0 ? ids[0] : ids[index + 1] }
}

function NeighbourButton({
  label,
  text,
  recordId,
  onRecord,
}: {
  readonly label: string
  readonly text: string
  readonly recordId: string | undefined
  readonly onRecord: (recordId: string | undefined) => void
}) {
  return (
    <button
      type="button"
      class="button"
      aria-label={`${text} ${label}`}
      title={label}
      disabled={recordId === undefined}
      onClick={() => onRecord(recordId)}
    >
      {text}
    </button>
  )
}
