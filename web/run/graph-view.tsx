import { useMemo } from 'preact/hooks'
import type { GraphOutline } from '../../src/metadata/event.ts'
import type { Metadata, NodeMetadata } from '../../src/metadata/schema.ts'
import { isWithin } from '../../src/report/run/run-filter.ts'
import { formatCostShort, formatPartOf } from '../../src/report/text/format-cost.ts'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { EdgeTraffic } from '../../src/studio/ledger/edge-traffic.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { type GraphLayout, layoutGraph, type PlacedNode, type PlacedWay } from './graph-layout.ts'
import { percent } from './key-figures.tsx'
import { toggled } from './lens.ts'
import { type NodeSums, nodeSums } from './node-sums.ts'
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
  const graph = graphOf(metadata)
  const { subgraphs = [] } = graph ?? {}
  const isUnfolded = readUnfolded(context.query, graph)
  const shape = JSON.stringify(graph)
  const layout = useMemo(
    () => (graph === undefined ? undefined : layoutGraph(graph, new Set(isUnfolded ? subgraphs.map(nameOf) : []))),
    [shape, isUnfolded],
  )
  if (layout === undefined) return null
  return (
    <SectionCard
      id="graph"
      title="Graph"
      note={traffic === undefined ? undefined : 'edge width shows traffic; a click on a node shows its part of the run'}
      isWide
      actions={
        subgraphs.length === 0 ? undefined : (
          <button
            type="button"
            class="button small"
            aria-pressed={isUnfolded}
            onClick={() => context.onQuery({ subgraphs: isUnfolded ? 'folded' : 'unfolded' })}
          >
            Subgraphs unfolded
          </button>
        )
      }
    >
      <TableFrame label="Graph of the nodes">
        <GraphPicture layout={layout} context={context} traffic={traffic} />
      </TableFrame>
    </SectionCard>
  )
}

/** The graph of a run; where a file does not say what its subgraphs hold, the nodes that ran in them, without ways. */
function graphOf({ execution: { graph }, nodes }: Metadata): GraphOutline | undefined {
  if (graph === undefined || graph.subgraphs !== undefined) return graph
  const subgraphs = graph.nodes.flatMap(({ name }) => {
    const inner = Object.entries(nodes).filter(([node]) => node !== name && isWithin(node, name))
    if (inner.length === 0) return []
    return [{ name, nodes: inner.map(([node, { node_type }]) => ({ name: node, type: node_type })), edges: [] }]
  })
  return subgraphs.length === 0 ? graph : { ...graph, subgraphs }
}

/** A picture with more nodes than these begins folded. */
const mostUnfolded = 12

function readUnfolded(query: URLSearchParams, graph: GraphOutline | undefined): boolean {
  const asked = query.get('subgraphs')
  const { nodes = [], subgraphs = [] } = graph ?? {}
  const count = [{ nodes }, ...subgraphs].reduce((sum, each) => sum + each.nodes.length, 0)
  return asked === null ? count <= mostUnfolded : asked === 'unfolded'
}

function nameOf({ name }: { readonly name: string }): string {
  return name
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
  const countOf = (way: PlacedWay) =>
    traffic.find(({ from, to, within }) => from === way.from && to === way.to && within === way.within)?.count
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
        {places.filter(isGroup).map((place) => (
          <Place key={place.name} place={place} context={context} />
        ))}
        {ways.map((way) => (
          <Way key={`${way.within}\n${way.from}\n${way.to}`} way={way} count={countOf(way)} most={most} />
        ))}
        {places
          .filter((place) => !isGroup(place))
          .map((place) => (
            <Place key={`${place.within}\n${place.name}`} place={place} context={context} />
          ))}
      </svg>
    </figure>
  )
}

function isGroup(place: PlacedNode): boolean {
  return place.isGroup
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
  const { name, x, y, width, height, within, isEnd } = place
  if (isEnd) {
    return (
      <g class="graph-end">
        <rect x={x} y={y} width={width} height={height} rx={height / 2} />
        {within === undefined ? (
          <text x={x + width / 2} y={y + height / 2 + 4} text-anchor="middle">
            {name}
          </text>
        ) : (
          <title>{name === 'START' ? `${within} begins` : `${within} ends`}</title>
        )}
      </g>
    )
  }
  const { metadata } = context.answer
  const node = Object.hasOwn(metadata.nodes, name) ? metadata.nodes[name] : undefined
  const sums = nodeSums(metadata, name)
  const said = [
    node === undefined ? 'not executed' : formatQuantity(node.total_executions, 'execution'),
    sums.cost === undefined ? '' : `${formatCostShort(sums.cost)}, ${percent(sums.share)} of the cost`,
    sums.tokens > 0 ? formatQuantity(sums.tokens, 'token') : '',
    sums.passes === undefined ? '' : `${sums.passes.toFixed(1)} passes a record`,
  ].filter(Boolean)
  return (
    <a
      class={place.isGroup ? 'graph-node graph-group' : 'graph-node'}
      href={context.lensAddress(toggled(context.lens, { node: name }))}
      data-unused={node === undefined}
      data-failed={(node?.total_failures ?? 0) > 0}
      data-selected={context.lens.node === name}
    >
      <title>{`${name}: ${said.join(', ')}`}</title>
      <rect x={x} y={y} width={width} height={height} rx="7" />
      {place.isGroup ? (
        <GroupText place={place} node={node} sums={sums} />
      ) : (
        <NodeText place={place} node={node} sums={sums} type={typeOf(metadata, name)} />
      )}
    </a>
  )
}

interface NodeTextProps {
  readonly place: PlacedNode
  readonly node: NodeMetadata | undefined
  readonly sums: NodeSums
}

function NodeText({
  place: { name, x, y, width, height, within },
  node,
  sums,
  type,
}: NodeTextProps & { readonly type: string }) {
  const [left, right] = [x + 11, x + width - 11]
  return (
    <>
      {sums.share > 0 ? (
        <rect class="graph-cost" x={x + 7} y={y + height - 4} width={(width - 14) * sums.share} height="3" />
      ) : null}
      <text class="graph-name" x={left} y={y + 20}>
        {cut(within === undefined ? name : name.slice(within.length + 1), 22)}
      </text>
      <text x={left} y={y + 36}>
        {cut(node?.model_name ? `${type} · ${node.model_name}` : type, 28)}
      </text>
      {node === undefined ? (
        <text x={left} y={y + 56}>
          not executed
        </text>
      ) : (
        <>
          <text class="graph-figure" x={left} y={y + 53}>
            {passesText(node, sums)}
          </text>
          <text class="graph-figure" x={right} y={y + 53} text-anchor="end">
            p95 {formatSeconds(node.latency_statistics.p95)}
          </text>
          <text class="graph-figure" x={left} y={y + 68}>
            {sums.cost === undefined ? '' : formatPartOf(sums.cost.total_cost_usd, sums.cost)}
          </text>
          <text class="graph-figure" x={right} y={y + 68} text-anchor="end">
            {sums.share > 0 ? percent(sums.share) : ''}
          </text>
          <text x={left} y={y + 83}>
            {sums.tokens > 0 ? formatQuantity(sums.tokens, 'token') : ''}
          </text>
          <FailedText node={node} x={right} y={y + 83} />
        </>
      )}
    </>
  )
}

/** What a subgraph came to, above what is within it. */
function GroupText({ place: { name, x, y, width, within }, node, sums }: NodeTextProps) {
  const cost = sums.cost === undefined ? '' : formatPartOf(sums.cost.total_cost_usd, sums.cost)
  return (
    <>
      {sums.share > 0 ? (
        <rect class="graph-cost" x={x + 7} y={y + 38} width={(width - 14) * sums.share} height="3" />
      ) : null}
      <text class="graph-name" x={x + 11} y={y + 20}>
        {cut(within === undefined ? name : name.slice(within.length + 1), 28)}
      </text>
      <text class="graph-figure" x={x + width - 11} y={y + 20} text-anchor="end">
        {[cost, sums.share > 0 ? percent(sums.share) : ''].filter(Boolean).join(' · ')}
      </text>
      <text x={x + 11} y={y + 34}>
        {[
          'subgraph',
          node === undefined ? 'not executed' : passesText(node, sums),
          sums.tokens > 0 ? formatQuantity(sums.tokens, 'token') : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </text>
      {node === undefined ? null : <FailedText node={node} x={x + width - 11} y={y + 34} />}
    </>
  )
}

function FailedText({ node, x, y }: { readonly node: NodeMetadata; readonly x: number; readonly y: number }) {
  return node.total_failures === 0 ? null : (
    <text class="graph-failed" x={x} y={y} text-anchor="end">
      {formatCount(node.total_failures)} failed
    </text>
  )
}

function passesText({ total_executions }: NodeMetadata, { passes }: NodeSums): string {
  const times = passes !== undefined && passes > 1.05 ? ` · ${passes.toFixed(1)} a record` : ''
  return `${formatCount(total_executions)} ×${times}`
}

function typeOf({ execution: { graph }, nodes }: Metadata, name: string): string {
  const known = [graph, ...(graph?.subgraphs ?? [])].flatMap((each) => each?.nodes ?? [])
  return (
    known.find((other) => other.name === name)?.type ?? (Object.hasOwn(nodes, name) ? nodes[name]?.node_type : '') ?? ''
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
