import type { ComponentChildren } from 'preact'
import type { Metadata } from '../../src/metadata/schema.ts'
import { gitTextOf } from '../../src/report/run/run-figures.ts'
import { formatCount, formatDateTime, formatSeconds } from '../../src/report/text/format-values.ts'
import type { RunAnswer } from '../../src/studio/api.ts'
import { failedShareOf } from '../runs/column.tsx'
import { shortTask } from '../runs/task-name.ts'
import { compareAddress, trendsAddress } from '../shell/route.ts'
import { StatusPill } from '../shell/status-pill.tsx'
import type { Source } from '../source/source.ts'
import { commitAddress } from './commit-address.ts'

/** What was run, when, from which commit, over which data. */
export function RunHeader({
  answer: { row, metadata, previous },
  source,
}: {
  readonly answer: RunAnswer
  readonly source: Source
}) {
  const { execution, dataset, run_id } = metadata
  return (
    <header class="run-header">
      <div class="page-head">
        <h1 title={row.task}>{shortTask(row.task)}</h1>
        <StatusPill status={row.status} failedShare={failedShareOf(row)} />
        <span class="page-actions">
          {source.onlyRun === undefined ? (
            <>
              {previous === undefined ? null : (
                <a class="button" href={compareAddress([previous.path, row.path])}>
                  Compare with the run before
                </a>
              )}
              <a class="button" href={trendsAddress(row.task)}>
                Trends
              </a>
            </>
          ) : null}
          <button type="button" class="button" onClick={() => print()}>
            Print
          </button>
          <a class="button" href={source.fileAddress(row.path)} download={row.path.split('/').at(-1)}>
            Download JSON
          </a>
        </span>
      </div>
      <dl class="facts">
        <Fact name="started">{formatDateTime(execution.timing.start_time)}</Fact>
        <Fact name="duration">{formatSeconds(execution.timing.duration_seconds)}</Fact>
        {run_id ? (
          <Fact name="run">
            <code>{run_id}</code>
          </Fact>
        ) : null}
        {execution.run_name ? <Fact name="name">{execution.run_name}</Fact> : null}
        <Git metadata={metadata} />
        {dataset.source_type === 'unknown' || dataset.source_type === 'none' ? null : (
          <Fact name="dataset">
            {[dataset.source_type, dataset.source_path].filter(Boolean).join(' ')}
            {dataset.start_index > 0 ? `, from record ${formatCount(dataset.start_index)}` : ''}
            {dataset.dataset_hash ? <code class="faint"> {dataset.dataset_hash.slice(0, 12)}</code> : null}
          </Fact>
        )}
        {execution.output_path ? (
          <Fact name="output">
            <code class="path">{execution.output_path}</code>
          </Fact>
        ) : null}
      </dl>
    </header>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Git({ metadata }: { readonly metadata: Metadata }) {
  const text = gitTextOf(metadata)
  if (text === undefined) return null
  const address = commitAddress(metadata.execution.git)
  return (
    <Fact name="commit">
      {address === undefined ? (
        text
      ) : (
        <a href={address} rel="noreferrer">
          {text}
        </a>
      )}
    </Fact>
  )
}
