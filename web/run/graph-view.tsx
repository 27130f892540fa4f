import { useMemo } from 'preact/hooks'
import { isWithin } from '../../src/report/run/outside-nodes.ts'
import { formatCostShort, formatDerivedCost, withoutKind } from '../../src/report/text/format-cost.ts'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { EdgeTraffic } from '../../src/studio/edge-traffic.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { ShareBar } from './cost-view.tsx'
import { type GraphLayout, layoutGraph, type PlacedNode, type PlacedWay } from './graph-layout.ts'
import { percent } from './key-figures.tsx'
import { toggled } from './lens.ts'
import { nodeSums } from './node-sums.ts'
import type { RunContext } from './run-page.tsx'

/** The nodes of the workflow with what they did, and edges between them as wide as their traffic. */
export function GraphView({
  context,
  traffic,
}: {
  readonly context: RunContext
  readonly traffic: readonly EdgeTraffic[] | undefined
}) {
  const { metadata } = context.answer
  const { graph } = metadata.execution
  const shape = JSON.stringify(graph)
  const layout = useMemo(() => (graph === undefined ? undefined : layoutGraph(graph)), [shape])
  if (layout === undefined) return null
  return (
    <SectionCard
      id="graph"
      title="Graph"
      note={traffic === undefined ? undefined : 'edge width shows traffic; a click on a node shows its part of the run'}
      isWide
    >
      <TableFrame label="Graph of the nodes">
        <GraphPicture layout={layout} context={context} traffic={traffic} />
      </TableFrame>
      <Subgraphs context={context} />
    </SectionCard>
  )
}

function GraphPicture({
  layout: { width, height, places, ways },
  context,
  traffic = [],
}: {
  readonly layout: GraphLayout
  readonly context: RunContext
  readonly traffic: readonly EdgeTraffic[] | undefined
}) {
  const countOf = (way: PlacedWay) => traffic.find(({ from, to }) => from === way.from && to === way.to)?.count
  const most = Math.max(1, ...traffic.map(({ count }) => count))
  return (
    <figure class="graph-frame" aria-label={describe(ways, countOf)}>
      <svg class="graph" viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
        <title>Graph of the nodes</title>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="5"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0.5 L7.5 4 L0 7.5 Z" />
          </marker>
        </defs>
        {ways.map((way) => (
          <Way key={`${way.from}\n${way.to}`} way={way} count={countOf(way)} most={most} />
        ))}
        {places.map((place) => (
          <Place key={place.name} place={place} context={context} />
        ))}
      </svg>
    </figure>
  )
}

function Way({
  way,
  count,
  most,
}: {
  readonly way: PlacedWay
  readonly count: number | undefined
  readonly most: number
}) {
  const width = count === undefined ? 1.5 : 1 + 7 * Math.sqrt(count / most)
  const text = [cut(way.choices.join(', '), 16), count === undefined ? '' : formatCount(count)]
    .filter(Boolean)
    .join(' · ')
  return (
    <g class="graph-way" data-conditional={way.choices.length > 0} data-unused={count === 0}>
      <path d={way.path} stroke-width={width.toFixed(1)} marker-end="url(#arrow)" />
      {text === '' ? null : (
        <text x={way.labelX} y={way.labelY - width / 2 - 4} text-anchor="middle">
          {text}
        </text>
      )}
    </g>
  )
}

function Place({ place, context }: { readonly place: PlacedNode; readonly context: RunContext }) {
  const { name, x, y, width, height } = place
  if (place.isEnd) {
    return (
      <g class="graph-end">
        <rect x={x} y={y} width={width} height={height} rx={height / 2} />
        <text x={x + width / 2} y={y + height / 2 + 4} text-anchor="middle">
          {name}
        </text>
      </g>
    )
  }
  const { metadata } = context.answer
  const { lens, lensAddress } = context
  const node = Object.hasOwn(metadata.nodes, name) ? metadata.nodes[name] : undefined
  const type = metadata.execution.graph?.nodes.find((other) => other.name === name)?.type ?? node?.node_type ?? ''
  const sums = nodeSums(metadata, name)
  const said = [
    node === undefined ? 'not executed' : formatQuantity(node.total_executions, 'execution'),
    sums.cost === undefined ? '' : `${formatCostShort(sums.cost)}, ${percent(sums.share)} of the cost`,
    sums.tokens > 0 ? formatQuantity(sums.tokens, 'token') : '',
    sums.passes === undefined ? '' : `${sums.passes.toFixed(1)} passes a record`,
  ].filter(Boolean)
  return (
    <a
      class="graph-node"
      href={lensAddress(toggled(lens, { node: name }))}
      data-unused={node === undefined}
      data-failed={(node?.total_failures ?? 0) > 0}
      data-selected={lens.node === name}
    >
      <title>{`${name}: ${said.join(', ')}`}</title>
      <rect x={x} y={y} width={width} height={height} rx="7" />
      {sums.share > 0 ? (
        <rect class="graph-cost" x={x + 7} y={y + height - 3} width={(width - 14) * sums.share} height="3" />
      ) : null}
      <text class="graph-name" x={x + 11} y={y + 20}>
        {cut(name, 22)}
      </text>
      <text x={x + 11} y={y + 37}>
        {cut(node?.model_name ? `${type} · ${node.model_name}` : type, 28)}
      </text>
      {node === undefined ? (
        <text x={x + 11} y={y + 56}>
          not executed
        </text>
      ) : (
        <>
          <text class="graph-figure" x={x + 11} y={y + 54}>
            {formatCount(node.total_executions)}
            {node.total_failures > 0 ? (
              <tspan class="graph-failed"> {formatCount(node.total_failures)} failed</tspan>
            ) : sums.passes !== undefined && sums.passes > 1.05 ? (
              ` · ${sums.passes.toFixed(1)} a record`
            ) : (
              ''
            )}
          </text>
          <text class="graph-figure" x={x + width - 11} y={y + 54} text-anchor="end">
            p95 {formatSeconds(node.latency_statistics.p95)}
          </text>
          <text class="graph-figure" x={x + 11} y={y + 69}>
            {sums.cost === undefined ? '' : formatDerivedCost(sums.cost.total_cost_usd, withoutKind(sums.cost))}
          </text>
          <text class="graph-figure" x={x + width - 11} y={y + 69} text-anchor="end">
            {sums.share > 0 ? percent(sums.share) : ''}
          </text>
        </>
      )}
    </a>
  )
}

/** The nodes within subgraphs, which the picture has as one. */
function Subgraphs({ context: { answer, lens, onLens } }: { readonly context: RunContext }) {
  const { metadata } = answer
  const subgraphs = (metadata.execution.graph?.nodes ?? []).flatMap(({ name }) => {
    const inner = Object.keys(metadata.nodes).filter((node) => node !== name && isWithin(node, name))
    return inner.length === 0 ? [] : [{ name, inner }]
  })
  return (
    <>
      {subgraphs.map(({ name, inner }) => (
        <details key={name} class="subgraph">
          <summary>
            {name}: {formatQuantity(inner.length, 'node')} within
          </summary>
          <ul>
            {inner.map((node) => {
              const { cost, share, tokens, passes } = nodeSums(metadata, node)
              return (
                <li key={node}>
                  <button
                    type="button"
                    class="cell-button"
                    aria-pressed={lens.node === node}
                    onClick={() => onLens(toggled(lens, { node }))}
                  >
                    {node.slice(name.length + 1)}
                  </button>
                  <span>{formatQuantity(metadata.nodes[node]?.total_executions ?? 0, 'execution')}</span>
                  <span>{passes === undefined ? '' : `${passes.toFixed(1)} a record`}</span>
                  <span>{tokens === 0 ? 'no tokens' : formatQuantity(tokens, 'token')}</span>
                  <span>
                    {cost === undefined ? 'no cost' : formatDerivedCost(cost.total_cost_usd, withoutKind(cost))}
                  </span>
                  <ShareBar share={share} />
                </li>
              )
            })}
          </ul>
        </details>
      ))}
    </>
  )
}

function describe(ways: readonly PlacedWay[], countOf: (way: PlacedWay) => number | undefined): string {
  const parts = ways.map((way) => {
    const count = countOf(way)
    return `${way.from} to ${way.to}${count === undefined ? '' : `, ${formatQuantity(count, 'time')}`}`
  })
  return `Graph: ${parts.join('; ')}`
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
