import { messageOf } from '../errors.ts'
import type { MetadataEvent } from '../metadata/event.ts'
import type { Metadata } from '../metadata/schema.ts'
import { summarize } from '../metadata/summary.ts'
import { compareRuns } from '../report/compare/compare.ts'
import { dataHashOf } from '../report/compare/compare-conditions.ts'
import { RunSamples } from '../report/compare/run-samples.ts'
import { isFinished } from '../report/run/run-figures.ts'
import { isOpenFilter, type RequestFilter } from '../report/run/run-filter.ts'
import { verdictOf } from '../report/run/verdict.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import type { Section } from '../report/text/section.ts'
import { wasteOfFile, wasteSections } from '../report/waste/waste-sections.ts'
import { WasteTotals } from '../report/waste/waste-totals.ts'
import type {
  CompareAnswer,
  LedgerAnswer,
  RecordsAnswer,
  RunAnswer,
  RunProgress,
  SliceAnswer,
  TimelineAnswer,
} from './api.ts'
import { comparedRecords } from './ledger/compared-records.ts'
import type { LedgerFold } from './ledger/ledger-fold.ts'
import { LedgerView, maxSampleSpans } from './ledger/ledger-view.ts'
import { detailRecord, type RecordDetail } from './ledger/record-detail.ts'
import { listRecords, mostRecords, type RecordQuery } from './ledger/record-list.ts'
import { progressOf } from './ledger/run-progress.ts'
import { type SliceSum, sliceOf } from './ledger/run-slice.ts'
import { type TimelineWindow, timelineOf } from './ledger/timeline.ts'
import type { Repriced, RunFiles } from './run-files.ts'
import { RunList } from './run-list.ts'
import { type CheckedFile, checkFile, checkRunKey } from './run-path.ts'

export interface RunStoreOptions {
  /** Nothing outside of it is read. */
  readonly directory: string
  readonly files: RunFiles
  readonly nowMs: () => number
}

/** Something that was asked for and cannot be given; the text says why. */
export class RefusedRun extends Error {}

/** So many ledgers are kept in memory; one of a million requests takes some 150 MB. */
const maxViews = 3

/** Larger ledgers are not read once more for what the metadata file tells as well. */
const maxReadBytes = 64_000_000

interface KeptView {
  readonly view: LedgerView
  readonly key: string
  readonly isFinished: boolean
}

/** The runs under a directory, as the page asks for them. Nothing is ever written. */
export class RunStore {
  readonly list: RunList
  readonly #options: RunStoreOptions
  #views: KeptView[] = []
  readonly #wholes = new WeakMap<LedgerFold, { readonly requests: number; readonly sum: SliceSum }>()

  constructor(options: RunStoreOptions) {
    this.#options = options
    this.list = new RunList(options)
  }

  /** @throws RefusedRun */
  async run(key: string): Promise<RunAnswer> {
    const { row, metadata, path } = await this.#readRun(key)
    const ledger = await this.#ledger(key, metadata)
    const newest = ledger === undefined ? metadata : await this.#newest(row.status, metadata, ledger)
    const previous = await this.list.previousOf(row)
    const progress = row.status === 'running' && ledger !== undefined ? await this.#progress(newest, ledger) : undefined
    return {
      row,
      metadata: newest,
      verdict: verdictOf(newest, previous),
      next: await this.#options.files.nextSteps(path, metadata),
      ...(previous === undefined ? {} : { previous }),
      ...(progress === undefined ? {} : { progress }),
      ...(ledger === undefined ? {} : { ledger: await ledgerAnswer(ledger) }),
    }
  }

  /** A part of a run in sums; undefined when it kept no ledger. */
  async slice(key: string, filter: RequestFilter): Promise<SliceAnswer | undefined> {
    const { metadata } = await this.#readRun(key)
    const view = await this.#ledger(key, metadata)
    if (view === undefined) return undefined
    const { fold, weight } = await view.picture()
    const slice = sliceOf(fold, filter, weight)
    const all = isOpenFilter(filter) ? slice.whole : this.#wholeOf(fold, weight)
    return { ...slice, all, isSample: weight > 1 }
  }

  /** What all requests come to: the same for every filter, as long as no request is added. */
  #wholeOf(fold: LedgerFold, weight: number): SliceSum {
    const known = this.#wholes.get(fold)
    if (known?.requests === fold.requests.count) return known.sum
    const sum = sliceOf(fold, {}, weight).whole
    this.#wholes.set(fold, { requests: fold.requests.count, sum })
    return sum
  }

  /** What `sygra explain` says of a figure of a run. */
  async explain(key: string, figure: string): Promise<readonly Section[]> {
    return this.#options.files.explain(await this.#checkWithLedger(key), figure)
  }

  /** Runs at the prices of other models, one after the other. */
  async reprice(keys: readonly string[], models: ReadonlyMap<string, string>): Promise<readonly Repriced[]> {
    const repriced: Repriced[] = []
    for (const key of keys) repriced.push(await this.#options.files.reprice(await this.#checkWithLedger(key), models))
    return repriced
  }

  /** Reads the whole ledger of a run, so that what follows is no sample; undefined when it kept none. */
  async readWhole(key: string): Promise<LedgerFold | undefined> {
    const { metadata } = await this.#readRun(key)
    const view = await this.#ledger(key, metadata)
    await view?.readWhole()
    return view?.fold
  }

  /** What changes when there is something new to show of a run. */
  async versionOf(key: string): Promise<string> {
    const checked = await this.#check(key)
    const kept = this.#views.find((view) => view.key === key)
    const ledger = await this.#ledgerFile(checked.path)
    const [row] = this.#options.files.readRows([checked.path])
    const part = kept === undefined || kept.view.progress.isWhole ? '' : Math.floor(20 * readShare(kept.view))
    return [checked.mtimeMs, checked.size, 'path' in ledger ? ledger.size : '', row?.status, part].join(' ')
  }

  /** The text of the metadata file as it stands on the disk: where it is. */
  async pathOf(key: string): Promise<string> {
    return (await this.#check(key)).path
  }

  async timeline(
    key: string,
    window: Partial<TimelineWindow>,
    filter: RequestFilter = {},
  ): Promise<TimelineAnswer | undefined> {
    const { metadata } = await this.#readRun(key)
    const view = await this.#ledger(key, metadata)
    if (view === undefined) return undefined
    const { fold, weight } = await view.picture()
    const { firstMs, lastMs } = fold.requests
    const fromMs = window.fromMs ?? firstMs
    const toMs = window.toMs ?? lastMs
    if (!(toMs > fromMs)) return undefined
    const isSample = weight > 1
    const spans = Math.min(window.spans ?? 240, isSample ? maxSampleSpans : 2000)
    const input = { requests: fold.requests, recordIds: fold.records.ids.names, weight, filter }
    return { ...timelineOf(input, { fromMs, toMs, spans }), isSample }
  }

  async records(key: string, query: RecordQuery): Promise<RecordsAnswer | undefined> {
    const { metadata, path } = await this.#readRun(key)
    const view = await this.#ledger(key, metadata)
    if (view === undefined) return undefined
    await view.picture()
    const list = listRecords(view.fold, query)
    const unexplained = list.rows.flatMap(({ succeeded, reason, recordId }) =>
      succeeded === false && reason === undefined ? [recordId] : [],
    )
    const texts = await this.#failures(metadata, path, unexplained)
    const rows = list.rows.map((row) => {
      const reason = row.succeeded === false ? (row.reason ?? texts.get(row.recordId)) : undefined
      return reason === undefined ? row : { ...row, reason }
    })
    return { rows, total: list.total, most: Math.min(list.total, mostRecords), isWhole: view.progress.isWhole }
  }

  async record(key: string, recordId: string): Promise<RecordDetail | undefined> {
    const { metadata, path } = await this.#readRun(key)
    const view = await this.#ledger(key, metadata)
    await view?.picture()
    const detail = view === undefined ? undefined : detailRecord(view.fold, recordId)
    if (detail === undefined) return undefined
    const failed = detail.record.succeeded === false ? [recordId] : []
    const failure = (await this.#failures(metadata, path, failed)).get(recordId)
    const known = await this.#options.files.texts?.(metadata, path, recordId)
    return {
      ...detail,
      ...(failure === undefined ? {} : { failure }),
      ...(known === undefined ? {} : { texts: known }),
    }
  }

  /** Money and time that brought nothing; by node too where there is a ledger that is not too large. */
  async waste(key: string): Promise<readonly Section[]> {
    const { metadata } = await this.#readRun(key)
    // What other usage would have cost only somebody with the prices can say.
    const totals = new WasteTotals(() => undefined)
    const isRead = await this.#readEvents(key, (event) => totals.add(event))
    if (!isRead) return wasteSections(metadata, { run: wasteOfFile(metadata), nodes: new Map() })
    return wasteSections(metadata, { run: totals.ofRun(), nodes: totals.ofNodes() })
  }

  async compare(baseKey: string, headKey: string): Promise<CompareAnswer> {
    const [base, head] = [await this.#readRun(baseKey), await this.#readRun(headKey)]
    const compared = { base: base.metadata, head: head.metadata }
    const samples = { base: await this.#samples(baseKey), head: await this.#samples(headKey) }
    const comparison = compareRuns(compared.base, compared.head, samples)
    const records = await this.#comparedRecords(baseKey, headKey, compared)
    return { base: baseKey, head: headKey, comparison, ...(records === undefined ? {} : { records }) }
  }

  /** In other data, the same id is another record. */
  async #comparedRecords(baseKey: string, headKey: string, { base, head }: { base: Metadata; head: Metadata }) {
    if (dataHashOf(base) === undefined || dataHashOf(base) !== dataHashOf(head)) return undefined
    const views = [await this.#ledger(baseKey, base), await this.#ledger(headKey, head)]
    // Of a sample nobody knows which records are missing.
    const wholeOf = async (view: LedgerView | undefined) => {
      const picture = await view?.picture()
      return picture?.weight === 1 ? picture.fold : undefined
    }
    const [from, to] = await Promise.all(views.map(wholeOf))
    return from === undefined || to === undefined ? undefined : comparedRecords(from.records, to.records)
  }

  async #failures(metadata: Metadata, path: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return ids.length === 0 ? new Map() : this.#options.files.failures(metadata, path, ids)
  }

  async #progress(metadata: Metadata, view: LedgerView): Promise<RunProgress | undefined> {
    const { fold } = await view.picture()
    return fold.live === undefined
      ? undefined
      : progressOf({ metadata, live: fold.live, requests: fold.requests, nowMs: this.#options.nowMs() })
  }

  async #samples(key: string): Promise<RunSamples | undefined> {
    const samples = new RunSamples()
    return (await this.#readEvents(key, (event) => samples.add(event))) ? samples : undefined
  }

  /** Reads a ledger for something that is asked for once; false when there is none or it is too large for that. */
  async #readEvents(key: string, onEvent: (event: MetadataEvent) => void): Promise<boolean> {
    const { path } = await this.#check(key)
    const ledger = await this.#ledgerFile(path)
    if ('refusal' in ledger || this.#bytesOf(ledger) > maxReadBytes) return false
    await this.#options.files.openLedger(ledger.path).read(onEvent)
    return true
  }

  async #readRun(key: string) {
    const { path } = await this.#check(key)
    const { files } = this.#options
    try {
      const metadata = await files.read(path)
      const [row] = files.readRows([path])
      if (row === undefined) throw new RefusedRun('it cannot be read as a metadata file')
      return { row: this.list.withKey(row), metadata, path }
    } catch (error) {
      if (error instanceof RefusedRun) throw error
      throw new RefusedRun(messageOf(error))
    }
  }

  async #check(key: string): Promise<Extract<CheckedFile, { path: string }>> {
    const checked = await checkRunKey(this.#options.directory, key)
    if ('refusal' in checked) throw new RefusedRun(`${key}: ${checked.refusal}`)
    return checked
  }

  /** The path of a metadata file whose ledger may be read with it: it has none, or one that may be shown. */
  async #checkWithLedger(key: string): Promise<string> {
    const { path } = await this.#check(key)
    const ledger = await this.#ledgerFile(path)
    if ('refusal' in ledger && !ledger.isMissing) throw new RefusedRun(`the ledger of ${key}: ${ledger.refusal}`)
    return path
  }

  #ledgerFile(metadataPath: string): Promise<CheckedFile> {
    return checkFile(this.#options.directory, this.#options.files.ledgerPathOf(metadataPath))
  }

  /** Those of the run's own ledger and of its workers'. */
  #bytesOf({ path, size }: Extract<CheckedFile, { path: string }>): number {
    return size + this.#options.files.besideBytes(path)
  }

  async #ledger(key: string, metadata: Metadata): Promise<LedgerView | undefined> {
    const { path: metadataPath } = await this.#check(key)
    const ledger = await this.#ledgerFile(metadataPath)
    if ('refusal' in ledger) return undefined
    const kept = this.#views.find((view) => view.key === key)
    const isEnded = isFinished(metadata)
    // A file that is shorter than what was read of it is another one.
    const isSame =
      kept !== undefined && this.#bytesOf(ledger) >= kept.view.progress.readBytes && kept.isFinished === isEnded
    if (isSame) return kept.view
    const view = new LedgerView({
      source: this.#options.files.openLedger(ledger.path),
      sizeOf: async () => {
        const now = await checkFile(this.#options.directory, ledger.path)
        return 'path' in now ? this.#bytesOf(now) : 0
      },
      withTotals: !isEnded,
    })
    const others = this.#views.filter((other) => other.key !== key)
    this.#views = [{ view, key, isFinished: isEnded }, ...others].slice(0, maxViews)
    return view
  }

  /** Of a run that has not ended, the ledger is ahead of the metadata file. */
  async #newest(status: RunRow['status'], metadata: Metadata, view: LedgerView): Promise<Metadata> {
    if (status !== 'running' && status !== 'dead') return metadata
    const { fold, weight } = await view.picture()
    const start = fold.totals?.execution.sessionsInOrder().at(-1)?.start
    if (fold.totals === undefined || weight > 1 || start === undefined || !view.progress.isWhole) return metadata
    const generatedAtMs =
      status === 'running' ? this.#options.nowMs() : Math.max(start.startedAtMs, fold.requests.lastMs)
    return {
      ...summarize(fold.totals, { generatedAtMs, utcOffsetMinutes: start.utcOffsetMinutes }),
      ledger: metadata.ledger,
    }
  }
}

function readShare(view: LedgerView): number {
  const { readBytes, bytes } = view.progress
  return bytes === 0 ? 1 : readBytes / bytes
}

async function ledgerAnswer(view: LedgerView): Promise<LedgerAnswer> {
  const { fold, weight } = await view.picture()
  const { firstMs, lastMs, count } = fold.requests
  const traffic = weight > 1 ? undefined : fold.traffic()
  return {
    ...view.progress,
    isSample: weight > 1,
    ...(traffic === undefined ? {} : { traffic }),
    ...(count === 0 ? {} : { window: { fromMs: firstMs, toMs: lastMs } }),
  }
}
