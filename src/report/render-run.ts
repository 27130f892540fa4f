import type { Metadata } from '../metadata/schema.ts'
import { renderSectionsMarkdown } from './render-markdown.ts'
import { type RenderOptions, renderSections } from './render-sections.ts'
import { type RunSelection, runSections } from './run-sections.ts'

/**
 * A run for the terminal: totals, models, nodes, response codes, latency, waste, most expensive and slowest records, receipts.
 * Nothing is wider than `columns`; without it, or in a pipe (0), nothing is cut. The node or model asked for must be there.
 */
export function renderRun(metadata: Metadata, options: RenderOptions & RunSelection): string {
  return renderSections(runSections(metadata, options), options)
}

/** A run as Markdown, for a pull request. */
export function renderMarkdown(metadata: Metadata, selection: RunSelection = {}): string {
  return renderSectionsMarkdown(runSections(metadata, selection))
}
