import { outsideNodes } from '../../src/report/run/run-filter.ts'
import { formatCount, formatSeconds } from '../../src/report/text/format-values.ts'
import type { SliceAnswer } from '../../src/studio/api.ts'
import type { SlicePart } from '../../src/studio/ledger/run-slice.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { sampleNote } from './key-figures.tsx'
import { LatencyView } from './latency-view.tsx'
import { toggled } from './lens.ts'
import type { RunContext } from './run-page.tsx'

/** How long answers took: a bar for each span of durations, and percentiles by model and node. A bar looks at its requests. */
export function DurationsView({
  context,
  slice,
}: {
  readonly context: RunContext
  readonly slice: SliceAnswer | undefined
}) {
  const { lens, onLens, answer } = context
  // What the file alone tells has no single requests to look at.
  if (slice === undefined) return <LatencyView metadata={answer.metadata} />
  const { durations, whole, isSample } = slice
  // Where there are no nodes, what is outside of them is all.
  const nodes = slice.nodes.every(({ node }) => node === outsideNodes) ? [] : slice.nodes
  const most = Math.max(1, ...durations.map(({ count }) => count))
  const isLooked = lens.overSeconds !== undefined || lens.underSeconds !== undefined
  return (
    <SectionCard
      id="latency"
      title="Latency"
      note={`of requests that were answered${isSample ? `; ${sampleNote}` : ''}`}
      isWide
    >
      {durations.length === 0 ? (
        <p class="card-text card-end faint">No answer here.</p>
      ) : (
        <div class="durations">
          <fieldset class="histogram" aria-label="Answers by duration">
            {durations.map(({ fromSeconds, toSeconds, count }) => {
              const text = `${formatCount(count)} from ${formatSeconds(fromSeconds)} to ${formatSeconds(toSeconds)}`
              return (
                <button
                  key={fromSeconds}
                  type="button"
                  class="histogram-bar"
                  title={text}
                  aria-label={text}
                  aria-pressed={isLooked && lens.overSeconds === fromSeconds}
                  disabled={count === 0}
                  onClick={() =>
                    onLens(
                      lens.overSeconds === fromSeconds && lens.underSeconds === toSeconds
                        ? { over: undefined, under: undefined }
                        : { over: String(fromSeconds), under: String(toSeconds) },
                    )
                  }
                >
                  <span style={{ height: `${(100 * count) / most}%` }} />
                </button>
              )
            })}
          </fieldset>
          <div class="histogram-axis" aria-hidden="true">
            <span>{formatSeconds(durations[0]?.fromSeconds)}</span>
            <span>
              p50 {formatSeconds(whole.latency?.p50)} · p95 {formatSeconds(whole.latency?.p95)}
            </span>
            <span>{formatSeconds(durations.at(-1)?.toSeconds)}</span>
          </div>
        </div>
      )}
      <TableFrame label="Latency by model and node">
        <table class="table">
          <thead>
            <tr>
              <th>of</th>
              <th data-number>answers</th>
              <th data-number>p50</th>
              <th data-number>p95</th>
              <th data-number>max</th>
              <th data-number>
                <abbr title="Before retries, all calls together">waited</abbr>
              </th>
              <th data-number>retries</th>
            </tr>
          </thead>
          <tbody>
            {slice.models.map((part) => (
              <PartRow
                key={`model ${part.model}`}
                kind="model"
                part={part}
                isOn={lens.model === part.model}
                onClick={() => onLens(toggled(lens, { model: part.model ?? '' }))}
              />
            ))}
            {nodes.map((part) => (
              <PartRow
                key={`node ${part.node}`}
                kind="node"
                part={part}
                isOn={lens.node === part.node}
                onClick={() => onLens(toggled(lens, { node: part.node ?? '' }))}
              />
            ))}
          </tbody>
        </table>
      </TableFrame>
    </SectionCard>
  )
}

function PartRow({
  kind,
  part,
  isOn,
  onClick,
}: {
  readonly kind: 'model' | 'node'
  readonly part: SlicePart
  readonly isOn: boolean
  readonly onClick: () => void
}) {
  return (
    <tr data-selected={isOn}>
      <th scope="row">
        <button type="button" class="cell-button" aria-pressed={isOn} onClick={onClick}>
          <span class="faint">{kind}</span> {part[kind]}
        </button>
      </th>
      <td data-number>{formatCount(part.answers)}</td>
      <td data-number>{formatSeconds(part.latency?.p50)}</td>
      <td data-number>{formatSeconds(part.latency?.p95)}</td>
      <td data-number>{formatSeconds(part.latency?.max)}</td>
      <td data-number>{part.waitSeconds === 0 ? '' : formatSeconds(part.waitSeconds)}</td>
      <td data-number>{part.retries === 0 ? '' : formatCount(part.retries)}</td>
    </tr>
  )
}
