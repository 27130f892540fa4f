import { readFile } from 'node:fs/promises'
import { messageOf } from '../errors.ts'
import type { Metadata } from '../metadata/schema.ts'
import { renderRunEnding } from '../report/run/run-ending.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import { costOfRuns, runsCostText, runsSection } from '../report/runs/runs-table.ts'
import { formatQuantity } from '../report/text/format-values.ts'
import { type RenderOptions, renderSections } from '../report/text/render-sections.ts'
import { finishProgram } from '../runtime/finish-program.ts'
import type { ProcessOutcome } from '../runtime/process-exit.ts'
import { commandLine, runReference } from './command-line.ts'
import { readFinishedRun } from './read-run.ts'
import { readRunRows } from './read-run-rows.ts'
import { note, prose, renderOptions } from './terminal.ts'

/** A process that called a model, and the metadata file that is its own. */
export interface WrittenAccount {
  readonly path: string
  readonly pid: number
  /** A worker thread has the pid of its process, and an exit code of its own. */
  readonly isMainThread: boolean
}

/** The account of a process, finished as far as it can be. */
export interface ExecAccount {
  readonly path: string
  readonly metadata: Metadata
}

/** How the process that was started itself ended; of those that it started nobody else is told. */
export interface ChildEnd {
  readonly pid: number | undefined
  readonly outcome: ProcessOutcome
}

/** The tables of so many processes are shown; of more there is only a list. */
const maxTables = 5

/** What the processes noted in their list; empty when none of them called a model. */
export async function readWrittenAccounts(list: string): Promise<readonly WrittenAccount[]> {
  const text = await readFile(list, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => accountIn(line) ?? [])
}

function accountIn(line: string): WrittenAccount | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return undefined
    const { path, pid, isMainThread }: { path?: unknown; pid?: unknown; isMainThread?: unknown } = value
    if (typeof path !== 'string' || typeof pid !== 'number') return undefined
    return { path, pid, isMainThread: isMainThread === true }
  } catch {
    return undefined
  }
}

/** Finishes what the processes could not finish themselves; gives the accounts in the order in which they were begun. */
export async function finishAccounts(
  written: readonly WrittenAccount[],
  child: ChildEnd,
): Promise<readonly ExecAccount[]> {
  const accounts: ExecAccount[] = []
  for (const { path, pid, isMainThread } of written) {
    const outcome = isMainThread && pid === child.pid ? child.outcome : undefined
    const finished = outcome === undefined ? undefined : await finishProgram(path, outcome).catch(() => undefined)
    try {
      accounts.push({ path, metadata: finished ?? (await readFinishedRun(path)) })
    } catch (error) {
      note(`sygra: ${messageOf(error)}`)
    }
  }
  return accounts
}

/** What is shown of the accounts at the end: each process, and what all of them cost together. */
export function accountsText(accounts: readonly ExecAccount[], screen: { readonly columns?: number }): string {
  if (accounts.length === 0) return 'sygra: no call to a model was seen\n'
  const options = { ...renderOptions(process.stderr), columns: screen.columns }
  const tables =
    accounts.length > maxTables ? [] : accounts.map(({ path, metadata }) => endingText({ path, metadata }, options))
  if (accounts.length > 1) {
    const { rows } = readRunRows(accounts.map(({ path }) => path))
    const list = runsSection(formatQuantity(rows.length, 'process', 'processes'), rows)
    if (list !== undefined) tables.push(renderSections([list], options))
    tables.push(`${prose(sumText(rows), screen)}\n`)
  }
  return `${tables.join('')}${withoutUsageNote(accounts)}`
}

/** How to have the usage of streams that told none: nothing else of them is known. */
function withoutUsageNote(accounts: readonly ExecAccount[]): string {
  const count = accounts.reduce(
    (sum, { metadata }) => sum + (metadata.aggregate_statistics.tokens.requests_without_usage ?? 0),
    0,
  )
  if (count === 0) return ''
  const who = count === 1 ? '1 answer told no usage' : `${count} answers told no usage`
  return `${prose(`sygra: ${who}. A streamed chat tells it when it is asked: \`sygra exec --include-usage\`, or SYGRA_INCLUDE_USAGE=1.`)}\n`
}

/** The end of one process, its file, and the command that shows everything known of it. */
function endingText({ path, metadata }: ExecAccount, options: RenderOptions) {
  const show = commandLine(['show', runReference({ path, runId: metadata.run_id })])
  return `${renderRunEnding({ metadata }, options)}Metadata: ${path}\n\nMore of it:\n  ${show}\n`
}

function sumText(rows: readonly RunRow[]): string {
  const requests = rows.reduce((sum, row) => sum + row.requests, 0)
  const tokens = rows.reduce((sum, row) => sum + row.totalTokens, 0)
  const amounts = `${formatQuantity(requests, 'request')}, ${formatQuantity(tokens, 'token')}`
  return `All ${rows.length} processes together: ${amounts}. ${runsCostText(costOfRuns(rows))}`
}
