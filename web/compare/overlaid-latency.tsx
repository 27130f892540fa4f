import { useMemo } from 'preact/hooks'
import { callLatencyOf } from '../../src/report/run/run-figures.ts'
import { formatPercent, formatSeconds } from '../../src/report/text/format-values.ts'
import type { RunAnswer } from '../../src/studio/api.ts'
import { LatencyChart } from '../charts/latency-chart.tsx'
import { shortTask } from '../runs/task-name.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { latencyBinsOf, latencyCurves } from './latency-curves.ts'

/** How long the requests of each run took, one curve over the other. */
export function OverlaidLatency({ runs }: { readonly runs: readonly RunAnswer[] }) {
  const curves = useMemo(() => latencyCurves(runs.map(({ metadata }) => latencyBinsOf(metadata))), [runs])
  if (curves === undefined) return null
  const described = runs.map(({ row, metadata }) => `${row.task}: p50 ${formatSeconds(callLatencyOf(metadata)?.p50)}`)
  return (
    <SectionCard title="Latency of requests" note="share of all requests by duration" isWide>
      <LatencyChart
        curves={curves}
        names={runs.map(({ row }, index) => `${index + 1} ${shortTask(row.task)} ${row.runId?.slice(0, 8) ?? ''}`)}
        label={`Latency of requests by run. ${described.join('; ')}`}
        format={formatPercent}
      />
    </SectionCard>
  )
}
