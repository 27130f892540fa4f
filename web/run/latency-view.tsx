import { useMemo, useState } from 'preact/hooks'
import type { LatencySketch, LatencyStatistics, Metadata } from '../../src/metadata/schema.ts'
import { formatCount, formatPercent, formatSeconds } from '../../src/report/text/format-values.ts'
import { readBins } from '../../src/report/text/latency-histogram.ts'
import { LatencyChart } from '../charts/latency-chart.tsx'
import { latencyBinsOf, latencyCurves } from '../compare/latency-curves.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'

interface LatencyRow {
  readonly kind: 'model' | 'node'
  readonly name: string
  readonly count: number
  readonly statistics: LatencyStatistics
  readonly sketch: LatencySketch | undefined
}

/** How long the requests of each model and the executions of each node took. */
export function LatencyView({ metadata }: { readonly metadata: Metadata }) {
  const rows = useMemo(() => latencyRows(metadata), [metadata])
  const [chosen, setChosen] = useState<LatencyRow | undefined>(undefined)
  const row = rows.find(({ kind, name }) => kind === chosen?.kind && name === chosen.name)
  const curves = useMemo(
    () => latencyCurves([row === undefined ? latencyBinsOf(metadata) : readBins(row.sketch)]),
    [metadata, row],
  )
  if (rows.length === 0) return null
  const title = row === undefined ? 'all requests' : `${row.kind} ${row.name}`
  const [p50, p95, p99] = percentilesOf(row?.statistics)
  return (
    <SectionCard id="latency" title="Latency" note={title} isWide>
      {curves === undefined ? (
        <p class="card-text faint">The file has percentiles only, no distribution.</p>
      ) : (
        <LatencyChart
          curves={curves}
          names={[title]}
          label={`Distribution of the latency of ${title}${row === undefined ? '' : `: p50 ${p50}, p95 ${p95}, p99 ${p99}`}`}
          format={formatPercent}
        />
      )}
      <TableFrame label="Latency by model and node">
        <table class="table">
          <thead>
            <tr>
              <th>of</th>
              <th data-number>count</th>
              {['min', 'p50', 'p95', 'p99', 'max'].map((name) => (
                <th key={name} data-number>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((each) => (
              <tr key={`${each.kind} ${each.name}`} data-selected={each === row}>
                <td>
                  <button
                    type="button"
                    class="cell-button"
                    aria-pressed={each === row}
                    onClick={() => setChosen(each === row ? undefined : each)}
                  >
                    <span class="faint">{each.kind}</span> {each.name}
                  </button>
                </td>
                <td data-number>{formatCount(each.count)}</td>
                {(['min', 'p50', 'p95', 'p99', 'max'] as const).map((name) => (
                  <td key={name} data-number>
                    {formatSeconds(each.statistics[name])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </SectionCard>
  )
}

function percentilesOf(statistics: LatencyStatistics | undefined): string[] {
  return [statistics?.p50, statistics?.p95, statistics?.p99].map(formatSeconds)
}

function latencyRows({ models, nodes }: Metadata): LatencyRow[] {
  const ofModels = Object.entries(models).map(
    ([name, { performance, latency_sketch }]): LatencyRow => ({
      kind: 'model',
      name,
      count: performance.total_requests,
      statistics: performance.latency_statistics,
      sketch: latency_sketch,
    }),
  )
  const ofNodes = Object.entries(nodes).map(
    ([name, { total_executions, latency_statistics, latency_sketch }]): LatencyRow => ({
      kind: 'node',
      name,
      count: total_executions,
      statistics: latency_statistics,
      sketch: latency_sketch,
    }),
  )
  return [...ofModels, ...ofNodes].filter(({ count }) => count > 0)
}
