import { useMemo } from 'preact/hooks'
import type { Metadata, NodeMetadata } from '../../src/metadata/schema.ts'
import { formatCostShort } from '../../src/report/text/format-cost.ts'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { EdgeTraffic } from '../../src/studio/edge-traffic.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { type GraphLayout, layoutGraph, type PlacedNode, type PlacedWay } from './graph-layout.ts'

/** The nodes of the workflow with what they did, and the ways between them as wide as their traffic. */
export function GraphView({
  metadata,
  traffic,
}: {
  readonly metadata: Metadata
  readonly traffic: readonly EdgeTraffic[] | undefined
}) {
  const { graph } = metadata.execution
  const shape = JSON.stringify(graph)
  const layout = useMemo(() => (graph === undefined ? undefined : layoutGraph(graph)), [shape])
  if (layout === undefined) return null
  return (
    <SectionCard title="Graph" note={traffic === undefined ? undefined : 'ways are as wide as their traffic'} isWide>
      <TableFrame label="Graph of the nodes">
        <GraphPicture layout={layout} metadata={metadata} traffic={traffic} />
      </TableFrame>
    </SectionCard>
  )
}

function GraphPicture({
  layout: { width, height, places, ways },
  metadata,
  traffic = [],
}: {
  readonly layout: GraphLayout
  readonly metadata: Metadata
  readonly traffic: readonly EdgeTraffic[] | undefined
}) {
  const countOf = (way: PlacedWay) => traffic.find(({ from, to }) => from === way.from && to === way.to)?.count
  const most = Math.max(1, ...traffic.map(({ count }) => count))
  return (
    <svg
      class="graph"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={describe(ways, countOf)}
    >
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
        <Place key={place.name} place={place} metadata={metadata} />
      ))}
    </svg>
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

function Place({ place, metadata }: { readonly place: PlacedNode; readonly metadata: Metadata }) {
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
  const node = Object.hasOwn(metadata.nodes, name) ? metadata.nodes[name] : undefined
  const type = metadata.execution.graph?.nodes.find((other) => other.name === name)?.type ?? node?.node_type ?? ''
  return (
    <g class="graph-node" data-unused={node === undefined} data-failed={(node?.total_failures ?? 0) > 0}>
      <title>
        {node === undefined
          ? `${name}: not executed`
          : `${name}: ${formatQuantity(node.total_executions, 'execution')}`}
      </title>
      <rect x={x} y={y} width={width} height={height} rx="7" />
      <CostBar place={place} metadata={metadata} node={node} />
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
        <NodeFigures node={node} x={x + 11} y={y + 54} right={x + width - 11} />
      )}
    </g>
  )
}

function NodeFigures({
  node,
  x,
  y,
  right,
}: {
  readonly node: NodeMetadata
  readonly x: number
  readonly y: number
  readonly right: number
}) {
  const { total_executions, total_failures, latency_statistics, cost } = node
  return (
    <>
      <text class="graph-figure" x={x} y={y}>
        {formatCount(total_executions)}
        {total_failures > 0 ? <tspan class="graph-failed"> {formatCount(total_failures)} failed</tspan> : null}
      </text>
      <text class="graph-figure" x={right} y={y} text-anchor="end">
        p95 {formatSeconds(latency_statistics.p95)}
      </text>
      <text class="graph-figure" x={x} y={y + 15}>
        {cost === undefined ? '' : formatCostShort(cost)}
      </text>
    </>
  )
}

/** The node's share of what all nodes cost. */
function CostBar({
  place,
  metadata,
  node,
}: {
  readonly place: PlacedNode
  readonly metadata: Metadata
  readonly node?: NodeMetadata
}) {
  const total = Object.values(metadata.nodes).reduce((sum, { cost }) => sum + (cost?.total_cost_usd ?? 0), 0)
  const share = total > 0 ? (node?.cost?.total_cost_usd ?? 0) / total : 0
  if (share === 0) return null
  return (
    <rect
      class="graph-cost"
      x={place.x + 7}
      y={place.y + place.height - 3}
      width={(place.width - 14) * share}
      height="3"
    />
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
