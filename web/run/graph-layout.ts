import type { GraphOutline } from '../../src/metadata/event.ts'

/** Where everything of a graph's picture is; from left to right. */
export interface GraphLayout {
  readonly width: number
  readonly height: number
  readonly places: readonly PlacedNode[]
  readonly ways: readonly PlacedWay[]
}

export interface PlacedNode {
  readonly name: string
  /** The two ends of the graph are smaller than its nodes. */
  readonly isEnd: boolean
  /** A subgraph that is unfolded: what is within it lies on it. */
  readonly isGroup: boolean
  /** The subgraph that it lies on. */
  readonly within?: string | undefined
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedWay {
  readonly from: string
  readonly to: string
  /** What the condition gives for this way; several where several lead to the same node. */
  readonly choices: readonly string[]
  /** As the `d` of an SVG path. */
  readonly path: string
  readonly labelX: number
  readonly labelY: number
  /** The subgraph that it lies on. */
  readonly within?: string | undefined
}

const nodeSize = { width: 212, height: 94 }
const endSize = { width: 58, height: 28 }
const innerEndSize = { width: 12, height: 12 }
/** Above what is within a subgraph stands what it came to. */
const groupHead = 44
const leastGroupWidth = 290
const gapX = 84
const innerGapX = 60
const gapY = 26
const margin = 14
/** Beyond this a picture says nothing any more. */
const maxNodes = 200

type Way = Pick<PlacedWay, 'from' | 'to' | 'choices'>

/**
 * Lays out a graph in columns, each node right of those that lead to it; loops run below. What is within a subgraph that is
 * unfolded is laid out in the same way, in its place. Undefined when it is too large.
 */
export function layoutGraph(outline: GraphOutline, unfolded: ReadonlySet<string> = new Set()): GraphLayout | undefined {
  return layoutPart(outline, { unfolded, within: undefined })
}

interface Part {
  readonly unfolded: ReadonlySet<string>
  readonly within: string | undefined
}

function layoutPart({ nodes, edges, subgraphs = [] }: GraphOutline, part: Part): GraphLayout | undefined {
  if (nodes.length > maxNodes) return undefined
  const inner = new Map<string, GraphLayout>()
  for (const subgraph of subgraphs) {
    if (!part.unfolded.has(subgraph.name) || !nodes.some(({ name }) => name === subgraph.name)) continue
    const layout = layoutPart({ ...subgraph, subgraphs }, { ...part, within: subgraph.name })
    if (layout !== undefined) inner.set(subgraph.name, layout)
  }
  const sizeOf = (name: string): Size => {
    const group = inner.get(name)
    if (group !== undefined) return { width: Math.max(group.width, leastGroupWidth), height: group.height + groupHead }
    return isEnd(name) ? (part.within === undefined ? endSize : innerEndSize) : nodeSize
  }
  const ways = joinWays(edges)
  const names = [...new Set(['START', ...nodes.map(({ name }) => name), 'END'])].filter(
    (name) => !isEnd(name) || ways.some(({ from, to }) => from === name || to === name),
  )
  const columnOf = columnsOf(names, ways)
  const columns: string[][] = []
  for (const name of names) {
    const column = columnOf.get(name) ?? 0
    columns[column] = [...(columns[column] ?? []), name]
  }
  const places = placeColumns({
    columns: columns.map((column) => column ?? []),
    ways,
    sizeOf,
    gap: part.within === undefined ? gapX : innerGapX,
  }).map((place): PlacedNode => ({ ...place, isGroup: inner.has(place.name), within: part.within }))
  const byName = new Map(places.map((place) => [place.name, place]))
  const loops = ways.filter(({ from, to }) => (columnOf.get(to) ?? 0) <= (columnOf.get(from) ?? 0))
  const bottom = Math.max(0, ...places.map(({ y, height }) => y + height))
  const placedWays = ways.flatMap((way): PlacedWay[] => {
    const [from, to] = [byName.get(way.from), byName.get(way.to)]
    if (from === undefined || to === undefined) return []
    const loop = loops.indexOf(way)
    const placed = loop < 0 ? forwardWay(way, from, to) : loopWay(way, { from, to, depth: bottom + 40 + loop * 20 })
    return [{ ...placed, within: part.within }]
  })
  const moved = places.flatMap((place) => movedOnto(place, inner.get(place.name)))
  return {
    width: Math.max(...places.map(({ x, width }) => x + width)) + margin,
    height: bottom + margin + (loops.length > 0 ? 38 + (loops.length - 1) * 20 : 0),
    places: [...places, ...moved.flatMap((layout) => layout.places)],
    ways: [...placedWays, ...moved.flatMap((layout) => layout.ways)],
  }
}

/** What is within a subgraph, at the place of the subgraph. */
function movedOnto({ x, y, width }: PlacedNode, inner: GraphLayout | undefined): GraphLayout[] {
  if (inner === undefined) return []
  const [shiftX, shiftY] = [x + (width - inner.width) / 2, y + groupHead]
  return [
    {
      ...inner,
      places: inner.places.map((place) => ({ ...place, x: place.x + shiftX, y: place.y + shiftY })),
      ways: inner.ways.map((way) => ({
        ...way,
        path: movedPath(way.path, shiftX, shiftY),
        labelX: way.labelX + shiftX,
        labelY: way.labelY + shiftY,
      })),
    },
  ]
}

/** A path of pairs of absolute numbers, moved. */
function movedPath(path: string, shiftX: number, shiftY: number): string {
  return path.replace(/(-?[\d.]+) (-?[\d.]+)/g, (_, x, y) => `${Number(x) + shiftX} ${Number(y) + shiftY}`)
}

function isEnd(name: string): boolean {
  return name === 'START' || name === 'END'
}

function joinWays(edges: GraphOutline['edges']): Way[] {
  const ways = new Map<string, { from: string; to: string; choices: string[] }>()
  for (const { from, to, choice } of edges) {
    const key = JSON.stringify([from, to])
    const way = ways.get(key) ?? { from, to, choices: [] }
    if (choice !== undefined) way.choices.push(choice)
    ways.set(key, way)
  }
  return [...ways.values()]
}

/** The longest way from the beginning, without the ways that lead back. */
function columnsOf(names: readonly string[], ways: readonly Way[]): ReadonlyMap<string, number> {
  const columnOf = new Map(names.map((name) => [name, 0]))
  const forward = ways.filter((way) => !leadsBack(names, ways).has(way))
  // Without loops the longest way is found in as many rounds as there are nodes.
  for (let round = 0; round < names.length; round += 1) {
    for (const { from, to } of forward) {
      columnOf.set(to, Math.max(columnOf.get(to) ?? 0, (columnOf.get(from) ?? 0) + 1))
    }
  }
  const last = Math.max(...columnOf.values())
  if (columnOf.has('END')) columnOf.set('END', last)
  return columnOf
}

function leadsBack(names: readonly string[], ways: readonly Way[]): ReadonlySet<Way> {
  const back = new Set<Way>()
  const state = new Map<string, 'open' | 'done'>()
  const visit = (name: string): void => {
    state.set(name, 'open')
    for (const way of ways) {
      if (way.from !== name) continue
      const there = state.get(way.to)
      if (there === 'open') back.add(way)
      else if (there === undefined) visit(way.to)
    }
    state.set(name, 'done')
  }
  for (const name of names) if (!state.has(name)) visit(name)
  return back
}

interface Size {
  readonly width: number
  readonly height: number
}

type Place = Omit<PlacedNode, 'isGroup' | 'within'>

function placeColumns({
  columns,
  ways,
  sizeOf,
  gap,
}: {
  readonly columns: readonly (readonly string[])[]
  readonly ways: readonly Way[]
  readonly sizeOf: (name: string) => Size
  readonly gap: number
}): Place[] {
  const heightOf = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + sizeOf(name).height, 0) + gapY * Math.max(0, names.length - 1)
  const tallest = Math.max(...columns.map(heightOf))
  const places: Place[] = []
  let x = margin
  for (const column of columns) {
    const ordered = orderColumn(column, places, ways)
    const width = Math.max(...ordered.map((name) => sizeOf(name).width), 0)
    let y = margin + (tallest - heightOf(ordered)) / 2
    for (const name of ordered) {
      const size = sizeOf(name)
      places.push({ name, isEnd: isEnd(name), x: x + (width - size.width) / 2, y, ...size })
      y += size.height + gapY
    }
    x += width + gap
  }
  return places
}

/** Nodes stand as high as those that lead to them, so that few ways cross. */
function orderColumn(column: readonly string[], placed: readonly Place[], ways: readonly Way[]): readonly string[] {
  const middle = (name: string) => {
    const before = placed.filter((place) => ways.some(({ from, to }) => to === name && from === place.name))
    return before.reduce((sum, { y, height }) => sum + y + height / 2, 0) / Math.max(1, before.length)
  }
  return [...column].sort((a, b) => middle(a) - middle(b))
}

function forwardWay(way: Way, from: Place, to: Place): PlacedWay {
  const [startX, startY] = [from.x + from.width, from.y + from.height / 2]
  const [endX, endY] = [to.x - 5, to.y + to.height / 2]
  const bend = Math.max(30, (endX - startX) / 2)
  return {
    ...way,
    path: `M${startX} ${startY} C${startX + bend} ${startY} ${endX - bend} ${endY} ${endX} ${endY}`,
    labelX: (startX + endX) / 2,
    labelY: (startY + endY) / 2,
  }
}

function loopWay(
  way: Way,
  { from, to, depth }: { readonly from: Place; readonly to: Place; readonly depth: number },
): PlacedWay {
  const shift = from === to ? 24 : 0
  const startX = from.x + from.width / 2 + shift
  const endX = to.x + to.width / 2 - shift
  const [startY, endY] = [from.y + from.height, to.y + to.height + 5]
  return {
    ...way,
    path: `M${startX} ${startY} C${startX} ${depth} ${endX} ${depth} ${endX} ${endY}`,
    labelX: (startX + endX) / 2,
    // The curve of such a way lies at three quarters of its depth.
    labelY: (startY + endY) / 8 + depth * 0.75,
  }
}
