import type { Metadata } from '../../metadata/schema.ts'
import { histogramRows, type LatencyBins, mergeBins, readBins } from '../text/latency-histogram.ts'
import { renderSectionsMarkdown } from '../text/render-markdown.ts'
import { type RenderOptions, renderSections } from '../text/render-sections.ts'
import type { Section } from '../text/section.ts'
import { agentsSection, toolsSection } from './actor-sections.ts'
import { notUnderstoodSection } from './not-understood-section.ts'
import { receiptSections, receiptSumSection } from './receipt-sections.ts'
import { mostExpensiveSection, slowestSection, wasteSection } from './run-costs.ts'
import { actorDetail, modelDetail, nodeDetail } from './run-detail.ts'
import { batchesSection, headerSection, sessionsSection, sourcesSection, workersSection } from './run-header.ts'
import { errorsSection, modelsSection, nodesSection, responseCodesSection } from './run-tables.ts'
import { totalsSection } from './run-totals-section.ts'
import type { PreviousRun } from './verdict.ts'

/** Parts of what is shown of a run: `overview` is all that the others are not. */
export type RunPart = 'overview' | 'latency' | 'waste' | 'receipts'

export interface RunSelection {
  /** All parts when left out. */
  readonly parts?: readonly RunPart[]
  /** Shows this node alone. */
  readonly node?: string
  /** Shows this model alone. */
  readonly model?: string
  /** Shows this agent alone. */
  readonly agent?: string
  /** Shows this tool alone. */
  readonly tool?: string
  /** The run before, which it is held against. */
  readonly previous?: PreviousRun
}

/** What is shown of a run, part by part; parts with nothing to say are left out. */
export function runSections(
  metadata: Metadata,
  { node, model, agent, tool, parts, previous }: RunSelection = {},
): Section[] {
  const selected = [
    ...(model === undefined ? [] : detailOfModel(metadata, model)),
    ...(node === undefined ? [] : detailOfNode(metadata, node)),
    ...(agent === undefined ? [] : detailOfActor(metadata, 'agent', agent)),
    ...(tool === undefined ? [] : detailOfActor(metadata, 'tool', tool)),
  ]
  if ([node, model, agent, tool].some((name) => name !== undefined)) return selected
  const sections = (parts ?? allParts).flatMap((part) => sectionsOf[part](metadata, previous))
  return sections.filter((section) => section !== undefined)
}

const allParts: readonly RunPart[] = ['overview', 'latency', 'waste', 'receipts']

const sectionsOf: Readonly<
  Record<RunPart, (metadata: Metadata, previous?: PreviousRun) => readonly (Section | undefined)[]>
> = {
  overview: (metadata, previous) => [
    headerSection(metadata, previous),
    sourcesSection(metadata),
    sessionsSection(metadata),
    workersSection(metadata),
    batchesSection(metadata),
    totalsSection(metadata),
    notUnderstoodSection(metadata),
    modelsSection(metadata),
    nodesSection(metadata),
    agentsSection(metadata),
    toolsSection(metadata),
    responseCodesSection(metadata),
    errorsSection(metadata),
  ],
  latency: (metadata) => [latencySection(metadata), slowestSection(metadata)],
  waste: (metadata) => [wasteSection(metadata), mostExpensiveSection(metadata)],
  receipts: (metadata) => [...receiptSections(metadata.models), receiptSumSection(metadata)],
}

/** Fewer requests have no distribution to be drawn. */
const minHistogramRequests = 20

function detailOfModel(metadata: Metadata, name: string): Section[] {
  const model = Object.hasOwn(metadata.models, name) ? metadata.models[name] : undefined
  return model === undefined ? [] : modelDetail(metadata, name, model)
}

function detailOfNode(metadata: Metadata, name: string): Section[] {
  const node = Object.hasOwn(metadata.nodes, name) ? metadata.nodes[name] : undefined
  return node === undefined ? [] : nodeDetail(metadata, name, node)
}

function detailOfActor(metadata: Metadata, kind: 'agent' | 'tool', name: string): Section[] {
  const actors = (kind === 'agent' ? metadata.agents : metadata.tools) ?? {}
  const actor = Object.hasOwn(actors, name) ? actors[name] : undefined
  return actor === undefined ? [] : actorDetail(metadata, { kind, name, actor })
}

function latencySection({ models }: Metadata): Section | undefined {
  const bins = Object.values(models).flatMap(({ latency_sketch }): LatencyBins[] => {
    const read = readBins(latency_sketch)
    return read === undefined ? [] : [read]
  })
  const rows = bins.length === 0 ? [] : histogramRows(mergeBins(bins))
  const requests = rows.reduce((sum, { count }) => sum + count, 0)
  return requests < minHistogramRequests ? undefined : { type: 'histogram', title: 'Latency of requests', rows }
}

/**
 * A run for the terminal: totals, models, nodes, agents, tools, response codes, latency, waste, most expensive and slowest records, receipts.
 * Nothing is wider than `columns`; without it, or in a pipe (0), nothing is cut. The node or model asked for must be there.
 */
export function renderRun(metadata: Metadata, options: RenderOptions & RunSelection): string {
  return renderSections(runSections(metadata, options), options)
}

/** A run as Markdown, for a pull request. */
export function renderMarkdown(metadata: Metadata, selection: RunSelection = {}): string {
  return renderSectionsMarkdown(runSections(metadata, selection))
}
