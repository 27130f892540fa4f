import { type ComparedRuns, comparisonSections } from './comparison-sections.ts'
import { renderSectionsMarkdown } from './render-markdown.ts'
import { type RenderOptions, renderSections } from './render-sections.ts'

/** Two runs side by side for the terminal; nothing is wider than `columns`. */
export function renderComparison(compared: ComparedRuns, options: RenderOptions): string {
  return renderSections(comparisonSections(compared), options)
}

/** Two runs side by side as Markdown, for a pull request. */
export function renderComparisonMarkdown(compared: ComparedRuns): string {
  return renderSectionsMarkdown(comparisonSections(compared))
}
