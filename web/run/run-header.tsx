import type { ComponentChildren } from 'preact'
import type { Metadata } from '../../src/metadata/schema.ts'
import { gitTextOf } from '../../src/report/run/run-figures.ts'
import { formatCount, formatDateTime, formatSeconds } from '../../src/report/text/format-values.ts'
import type { RunAnswer } from '../../src/studio/api.ts'
import { trendsAddress } from '../shell/route.ts'
import { StatusPill } from '../shell/status-pill.tsx'
import type { Source } from '../source/source.ts'
import { commitAddress } from './commit-address.ts'

/** What was run, when, from which commit, over which data; and what to do when it did not end. */
export function RunHeader({
  answer: { row, metadata },
  source,
}: {
  readonly answer: RunAnswer
  readonly source: Source
}) {
  const { execution, dataset, run_id } = metadata
  return (
    <header class="run-header">
      <div class="page-head">
        <h1>{row.task}</h1>
        <StatusPill status={row.status} />
        <span class="page-actions">
          {source.onlyRun === undefined ? (
            <a class="button" href={trendsAddress(row.task)}>
              Trends
            </a>
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
        <Fact name="dataset">
          {[dataset.source_type, dataset.source_path].filter(Boolean).join(' ')}
          {dataset.start_index > 0 ? `, from record ${formatCount(dataset.start_index)}` : ''}
          {dataset.dataset_hash ? <code class="faint"> {dataset.dataset_hash.slice(0, 12)}</code> : null}
        </Fact>
        {execution.output_path ? (
          <Fact name="output">
            <code class="path">{execution.output_path}</code>
          </Fact>
        ) : null}
      </dl>
      <HowToGoOn answer={{ row, metadata }} />
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

/** Why a run did not end, and the commands that help. */
function HowToGoOn({ answer: { row, metadata } }: { readonly answer: RunAnswer }) {
  const { reason } = metadata.execution
  const resume = `npx sygra run --task ${metadata.execution.task_name} --resume True`
  switch (row.status) {
    case 'complete':
    case 'running':
      return null
    case 'dead':
      return (
        <div class="notice" data-tone="bad">
          <p class="notice-title">The process of this run is gone; what it did until then is kept in its ledger.</p>
          <p>Its account, made whole: </p>
          <pre>npx sygra recover {row.path}</pre>
          <p>The run itself, taken up where it stopped: </p>
          <pre>{resume}</pre>
        </div>
      )
    case 'interrupted':
    case 'failed':
    case 'unfinished':
      return (
        <div class="notice" data-tone="warning">
          <p class="notice-title">
            This run {row.status === 'unfinished' ? 'has no end' : `is ${row.status}`}
            {reason ? `: ${reason}` : ''}
          </p>
          {row.status === 'unfinished' ? null : <pre>{resume}</pre>}
        </div>
      )
    default:
      return row.status satisfies never
  }
}
