import { renderRunEnding } from '../../report/run/run-ending.ts'
import type { RunRow } from '../../report/runs/run-row.ts'
import { costOfRuns, runsCostText, runsSection } from '../../report/runs/runs-table.ts'
import { formatQuantity } from '../../report/text/format-values.ts'
import { type RenderOptions, renderSections } from '../../report/text/render-sections.ts'
import type { ProgramAccount, ProgramEnd } from '../../runtime/program/program-watch.ts'
import { readRunRows } from '../files/read-run-rows.ts'
import { commandLine, runReference } from '../terminal/command-line.ts'
import { prose, renderOptions } from '../terminal/terminal.ts'

/** More processes than these are counted. */
const maxListed = 6

/** The end of a program is seen whole on a screen of 24 lines; its file and the command to go on with take up to six. */
const maxEndingLines = 14

/** What is shown of a program at its end: the account of all its processes; of several that keep no ledgers, a list. */
export function accountsText({ accounts, alive }: ProgramEnd, screen: { readonly columns?: number }): string {
  const [first] = accounts
  if (first === undefined) return 'sygra: no call to a model was seen\n'
  const options = { ...renderOptions(process.stderr), columns: screen.columns, maxLines: maxEndingLines }
  const text = accounts.length === 1 ? endingText(first, options) : listText(accounts, options)
  return `${text}${withoutUsageNote(accounts)}${aliveNote(alive)}`
}

/** What goes on is not in the account yet. */
function aliveNote(alive: number): string {
  if (alive === 0) return ''
  const who = alive === 1 ? '1 process that the program started goes on' : `${alive} processes that it started go on`
  return `${prose(`sygra: ${who}: what it does comes into the same account.`)}\n`
}

/** How to have the usage of streams that told none: nothing else of them is known. */
function withoutUsageNote(accounts: readonly ProgramAccount[]): string {
  const count = accounts.reduce(
    (sum, { metadata }) => sum + (metadata.aggregate_statistics.tokens.requests_without_usage ?? 0),
    0,
  )
  if (count === 0) return ''
  const who = count === 1 ? '1 answer told no usage' : `${count} answers told no usage`
  return `${prose(`sygra: ${who}. A streamed chat tells it when it is asked: \`sygra exec --include-usage\`, or SYGRA_INCLUDE_USAGE=1.`)}\n`
}

type EndingOptions = RenderOptions & { readonly maxLines: number }

/** The end of a program, its file, and the command that shows more. */
function endingText({ path, metadata }: ProgramAccount, options: EndingOptions): string {
  return `${renderRunEnding({ metadata }, options)}Metadata: ${path}\n\n${showHint(path, metadata.run_id)}`
}

/** The most expensive of several processes, and what all of them cost together. */
function listText(accounts: readonly ProgramAccount[], options: EndingOptions): string {
  const rows = readRunRows(accounts.map(({ path }) => path)).rows.toSorted(
    (a, b) => b.cost.total_cost_usd - a.cost.total_cost_usd,
  )
  const hidden = rows.length - maxListed
  const list = runsSection(formatQuantity(rows.length, 'process', 'processes'), rows.slice(0, maxListed))
  const table = list === undefined ? '' : renderSections([list], options)
  const more = hidden > 0 ? `and ${hidden} more, each of which cost no more than these\n` : ''
  const [first] = rows
  const hint = first === undefined ? '' : `\n${showHint(first.path, first.runId)}`
  return `${table}${more}\n${prose(sumText(rows), options)}\n${hint}`
}

function showHint(path: string, runId: string | undefined): string {
  return `More of it:\n  ${commandLine(['show', runReference({ path, runId })])}\n`
}

function sumText(rows: readonly RunRow[]): string {
  const requests = rows.reduce((sum, row) => sum + row.requests, 0)
  const tokens = rows.reduce((sum, row) => sum + row.totalTokens, 0)
  const amounts = `${formatQuantity(requests, 'request')}, ${formatQuantity(tokens, 'token')}`
  return `All ${rows.length} processes together: ${amounts}. ${runsCostText(costOfRuns(rows))}`
}
