import { readFile } from 'node:fs/promises'
import { messageOf } from '../errors.ts'
import { RunTotals } from '../metadata/run-totals.ts'
import type { Metadata } from '../metadata/schema.ts'
import { summarize } from '../metadata/summary.ts'
import { renderRunEnding } from '../report/run/run-ending.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import { costOfRuns, runsCostText, runsSection } from '../report/runs/runs-table.ts'
import { formatQuantity } from '../report/text/format-values.ts'
import { type RenderOptions, renderSections } from '../report/text/render-sections.ts'
import { nowMs, utcOffsetMinutes } from '../runtime/clock.ts'
import { finishProgram } from '../runtime/finish-program.ts'
import { isEvent } from '../runtime/ledger/ledger-entry.ts'
import { RunLedgersTail } from '../runtime/ledger/run-ledgers.ts'
import type { ProcessOutcome } from '../runtime/process-exit.ts'
import { commandLine, runReference } from './command-line.ts'
import { ledgerOf, readFinishedRun, readRun } from './read-run.ts'
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

/** More processes than these are counted. */
const maxListed = 6

/** The end of a program is seen whole on a screen of 24 lines; its file and the command to go on with take up to six. */
const maxEndingLines = 14

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

/**
 * Reads how the processes stand now: what their ledgers have more than at the last reading. A process that keeps none says in its
 * file, every few seconds, what it has done.
 */
export function accountReader(list: string): () => Promise<readonly Metadata[]> {
  const accounts = new Map<string, RunningAccount>()
  return async () => {
    const read: Metadata[] = []
    for (const { path } of await readWrittenAccounts(list)) {
      let account = accounts.get(path)
      if (account === undefined) {
        account = new RunningAccount(path)
        accounts.set(path, account)
      }
      const metadata = await account.read()
      if (metadata !== undefined) read.push(metadata)
    }
    return read
  }
}

/** What a process has done so far, which may be asked again and again. */
class RunningAccount {
  readonly #path: string
  readonly #totals = new RunTotals()
  #tail: RunLedgersTail | undefined
  #last: Metadata | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Undefined as long as nothing is known; where it cannot be read, what was known before. */
  async read(): Promise<Metadata | undefined> {
    try {
      const ledger = ledgerOf(this.#path)
      this.#last = ledger === undefined ? await readRun(this.#path) : await this.#readLedger(ledger)
    } catch {}
    return this.#last
  }

  async #readLedger(path: string): Promise<Metadata> {
    this.#tail ??= new RunLedgersTail(path)
    const before = this.#tail.readBytes
    await this.#tail.read((entry) => {
      if (isEvent(entry)) this.#totals.add(entry)
    })
    if (this.#last !== undefined && this.#tail.readBytes === before) return this.#last
    const generatedAtMs = nowMs()
    return summarize(this.#totals, { generatedAtMs, utcOffsetMinutes: utcOffsetMinutes(generatedAtMs) })
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

/** What is shown of the accounts at the end: one process in full, of several a list and what they cost together. */
export function accountsText(accounts: readonly ExecAccount[], screen: { readonly columns?: number }): string {
  const [first] = accounts
  if (first === undefined) return 'sygra: no call to a model was seen\n'
  const options = { ...renderOptions(process.stderr), columns: screen.columns, maxLines: maxEndingLines }
  const text = accounts.length === 1 ? endingText(first, options) : listText(accounts, options)
  return `${text}${withoutUsageNote(accounts)}`
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

type EndingOptions = RenderOptions & { readonly maxLines: number }

/** The end of one process, its file, and the command that shows more. */
function endingText({ path, metadata }: ExecAccount, options: EndingOptions): string {
  return `${renderRunEnding({ metadata }, options)}Metadata: ${path}\n\n${showHint(path, metadata.run_id)}`
}

/** The most expensive of several processes, and what all of them cost together. */
function listText(accounts: readonly ExecAccount[], options: EndingOptions): string {
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
