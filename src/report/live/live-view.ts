import { formatQuantity, formatSeconds } from '../text/format-values.ts'
import { bar } from '../text/latency-histogram.ts'
import { safeText } from '../text/safe-text.ts'
import { type Cell, textOf } from '../text/section.ts'
import {
  createPainter,
  type Painter,
  padText,
  textWidth,
  truncateMiddle,
  truncateText,
  wrapText,
} from '../text/terminal-text.ts'
import { elapsedSeconds } from './live-figures.ts'
import {
  avoidedSegments,
  batchSegments,
  type Concurrency,
  concurrencySegments,
  costSegments,
  latencySegments,
  limitSegments,
  nodeSegments,
  recordSegments,
  requestSegments,
  tokenSegments,
  workerSegments,
} from './live-segments.ts'
import type { LiveNode, LiveState } from './live-state.ts'
import { silenceSegments } from './silent-models.ts'

export type { Concurrency } from './live-segments.ts'
export { createLiveState, type LiveState, updateLiveState } from './live-state.ts'

export interface LiveOptions {
  /** Width of the terminal; 0 when nothing limits it. */
  readonly columns: number
  /** Height of the terminal, so that nodes that would not fit are left out. Default: 24. */
  readonly rows?: number
  readonly colors?: boolean
  readonly nowMs: number
  /** How many records the run will do; undefined when nobody knows. */
  readonly totalRecords?: number
  readonly runningRequests?: number
  readonly concurrency?: Concurrency
}

const labelWidth = 10
const narrowColumns = 72
/** Fewer rows than this have no room for lines that go on. */
const lowRows = 16

/** The live view, line by line: none is wider than `columns`. */
export function renderLive(state: LiveState, options: LiveOptions): string[] {
  const painter = createPainter(options.colors ?? false)
  const { columns, concurrency, rows = 24 } = options
  const atOnce = [...concurrencySegments(concurrency), ...limitSegments(state.requestLimits)]
  const line = (label: string, segments: readonly Cell[]) => renderLines({ label, segments, columns, rows, painter })
  const silent = silenceSegments(state.silentModels, options.nowMs)
  const lines = [
    ...recordLines(state, options, painter),
    ...line('requests', requestSegments(state, options.runningRequests)),
    ...(silent.length > 0 ? line('silent', silent) : []),
    ...line('tokens', tokenSegments(state, options.nowMs)),
    ...line('cost', costSegments(state, options.totalRecords)),
    ...(state.avoided.requests > 0 ? line('avoided', avoidedSegments(state)) : []),
    ...(state.batches.size > 0 ? line('batches', batchSegments(state)) : []),
    ...(state.latency.count > 0 ? line('latency', latencySegments(state.latency)) : []),
    ...(atOnce.length > 0 ? line('at once', atOnce) : []),
  ]
  const room = rows - lines.length - 2
  const workers = workerLines(
    state,
    { columns, room: Math.max(0, room - state.nodes.size), nowMs: options.nowMs },
    painter,
  )
  return [
    ...lines,
    ...workers,
    ...nodeLines(state.nodes, { columns, room: Math.max(1, room - workers.length) }, painter),
  ]
}

/** The live view in one line, for pipes and logs. */
export function renderPlainLine(state: LiveState, options: Omit<LiveOptions, 'columns' | 'rows' | 'colors'>): string {
  const { nowMs, totalRecords, runningRequests } = options
  const records = [
    ...recordSegments(state, { nowMs, totalRecords }),
    `${formatSeconds(elapsedSeconds(state, nowMs))} so far`,
  ]
  const requests = [formatQuantity(state.requests, 'request'), ...requestSegments(state, runningRequests)]
  const tokens = formatQuantity(state.promptTokens + state.completionTokens, 'token')
  const groups = [records, requests, [tokens], costSegments(state, totalRecords)]
  if (state.avoided.requests > 0) groups.push(['avoided', ...avoidedSegments(state)])
  if (state.batches.size > 0) groups.push(['batches', ...batchSegments(state)])
  if (state.latency.count > 0) groups.push(latencySegments(state.latency))
  const silent = silenceSegments(state.silentModels, nowMs)
  if (silent.length > 0) groups.push(silent)
  return groups.map((segments) => segments.map(textOf).join(', ')).join('; ')
}

function recordLines(state: LiveState, options: LiveOptions, painter: Painter): string[] {
  const { columns, totalRecords } = options
  const segments = recordSegments(state, options)
  if (segments.length === 0) return [`${formatSeconds(elapsedSeconds(state, options.nowMs))} so far`]
  if (totalRecords === undefined || totalRecords === 0) return [joinFitting(segments, columns, painter)]
  const share = state.records / totalRecords
  if (columns > 0 && columns < narrowColumns) {
    return [renderBar(share, columns, painter), joinFitting(segments, columns, painter)]
  }
  const width = columns === 0 ? 30 : Math.min(40, Math.floor(columns / 3))
  const text = joinFitting(segments, columns === 0 ? 0 : columns - width - 2, painter)
  return [`${renderBar(share, width, painter)}  ${text}`]
}

function renderBar(share: number, width: number, painter: Painter): string {
  const done = bar(share, width)
  return painter.paint(done, 'good') + painter.faint('░'.repeat(Math.max(0, width - textWidth(done))))
}

function nodeLines(
  nodes: ReadonlyMap<string, LiveNode>,
  { columns, room }: { readonly columns: number; readonly room: number },
  painter: Painter,
): string[] {
  const shown = [...nodes].slice(0, nodes.size > room ? room - 1 : room)
  const nameLimit = columns === 0 ? 40 : Math.max(8, Math.floor(columns / 3))
  const names = shown.map(([name]) => truncateMiddle(safeText(name), nameLimit))
  const nameWidth = names.reduce((widest, name) => Math.max(widest, textWidth(name)), labelWidth - 2)
  const lines = shown.map(([, node], index) =>
    renderLine({
      label: names[index] ?? '',
      segments: nodeSegments(node),
      columns,
      painter,
      labelWidth: nameWidth + 2,
    }),
  )
  const hidden = nodes.size - shown.length
  if (hidden === 0) return lines
  return [
    ...lines,
    painter.faint(truncateText(`and ${formatQuantity(hidden, 'more node', 'more nodes')}`, columns || 40)),
  ]
}

/** A line for each worker that is there, or one for all where there is no room. */
function workerLines(
  { workers }: LiveState,
  { columns, room, nowMs }: { readonly columns: number; readonly room: number; readonly nowMs: number },
  painter: Painter,
): string[] {
  // In the order of their numbers: they join as they happen to be ready.
  const there = [...workers]
    .filter(([, { hasLeft }]) => !hasLeft)
    .sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
  const [first] = workers.values()
  if (first === undefined || (workers.size === 1 && first.program !== undefined)) return []
  if (there.length > room || there.length === 0) {
    const inFlight = there.reduce((sum, [, worker]) => sum + worker.inFlight, 0)
    const segments =
      there.length === 0
        ? ['none is there now']
        : [formatQuantity(there.length, 'worker'), `${formatQuantity(inFlight, 'request')} running`]
    return [renderLine({ label: 'workers', segments, columns, painter })]
  }
  return there.map(([name, worker]) =>
    renderLine({ label: safeText(name), segments: workerSegments(worker, nowMs), columns, painter }),
  )
}

interface LineInput {
  readonly label: string
  readonly segments: readonly Cell[]
  readonly columns: number
  readonly painter: Painter
  readonly labelWidth?: number
}

function renderLine({ label, segments, columns, painter, labelWidth: width = labelWidth }: LineInput): string {
  const text = joinFitting(segments, columns === 0 ? 0 : Math.max(1, columns - width), painter)
  return painter.faint(truncateText(padText(label, width), columns === 0 ? width : columns - 1)) + text
}

/** A line, and in a narrow terminal that is high enough as many more as its segments need. */
function renderLines({ rows, ...input }: LineInput & { readonly rows: number }): string[] {
  const { segments, columns, label } = input
  if (columns === 0 || columns >= narrowColumns || rows < lowRows) return [renderLine(input)]
  return splitFitting(segments, columns - labelWidth).map((group, index) =>
    renderLine({ ...input, segments: group, label: index === 0 ? label : '' }),
  )
}

/** The segments in groups, each of which fits; one that is too wide alone goes on too. */
function splitFitting(segments: readonly Cell[], columns: number): (readonly Cell[])[] {
  const groups: Cell[][] = []
  let width = 0
  const parts = segments.flatMap((segment) =>
    wrapText(textOf(segment), columns).map((text) => (typeof segment === 'string' ? text : { ...segment, text })),
  )
  for (const segment of parts) {
    const own = textWidth(textOf(segment))
    const group = groups.at(-1)
    const joined = width + separator.length + own
    if (group !== undefined && joined <= columns) group.push(segment)
    else groups.push([segment])
    width = group !== undefined && joined <= columns ? joined : own
  }
  return groups
}

const separator = ' · '

/** As many of the segments as fit, the first ones first; the very first is cut where even that is too wide. */
function joinFitting(segments: readonly Cell[], columns: number, painter: Painter): string {
  const kept: string[] = []
  let width = 0
  for (const [index, segment] of segments.entries()) {
    const text = index === 0 && columns > 0 ? truncateText(textOf(segment), columns) : textOf(segment)
    width += textWidth(text) + (index === 0 ? 0 : separator.length)
    if (columns > 0 && width > columns) break
    kept.push(painter.paint(text, typeof segment === 'string' ? undefined : segment.tone))
  }
  return kept.join(separator)
}
