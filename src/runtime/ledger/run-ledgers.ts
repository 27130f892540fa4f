import { type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { workerLedgerPathOf, workerOfLedger } from '../files/run-names.ts'
import { type LedgerReport, LedgerTail, type OnEntry, type ReadEntry } from './ledger-reader.ts'

/** What the ledgers of a run held besides their entries: the run's own, and those of its workers. */
export interface RunLedgersReport extends LedgerReport {
  readonly workers: ReadonlyMap<string, LedgerReport>
}

/** The workers that have a ledger beside that of their run, in the order in which they joined. */
export function workersBeside(ledgerPath: string): string[] {
  const own = basename(ledgerPath)
  let files: readonly Dirent[] = []
  try {
    files = readdirSync(dirname(ledgerPath), { withFileTypes: true })
  } catch {}
  return files
    .flatMap((file) => {
      // No link, which may lead anywhere.
      if (!file.isFile()) return []
      const { name } = file
      const worker = workerOfLedger(name)
      return worker !== undefined && basename(workerLedgerPathOf(own, worker)) === name ? [worker] : []
    })
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/** How many bytes the ledgers of its workers have that stand beside that of a run. */
export function bytesBeside(ledgerPath: string): number {
  return workersBeside(ledgerPath).reduce((sum, worker) => {
    const status = statSync(workerLedgerPathOf(ledgerPath, worker), { throwIfNoEntry: false })
    return sum + (status?.size ?? 0)
  }, 0)
}

/** How many lines of a run's ledgers cannot be read or are not there, those of its workers included. */
export function lostLinesOf(report: RunLedgersReport): Pick<LedgerReport, 'damagedLines' | 'missingEntries'> {
  const all = [report, ...report.workers.values()]
  const sumOf = (key: 'damagedLines' | 'missingEntries') => all.reduce((sum, each) => sum + each[key], 0)
  return { damagedLines: sumOf('damagedLines'), missingEntries: sumOf('missingEntries') }
}

/**
 * Reads the ledgers of a run from their beginning: its own and those of its workers, as one, in the order in which the lines
 * were written. Memory does not grow with their length. Rejects only when the run's own cannot be read.
 */
export async function readRunLedgers(ledgerPath: string, onEntry: OnEntry): Promise<RunLedgersReport> {
  const tail = new RunLedgersTail(ledgerPath)
  await tail.read(onEntry)
  return tail.end(onEntry)
}

/** Of one ledger a large part is read at a time, of many a small one each. */
const [wholeChunkBytes, sharedChunkBytes] = [1024 * 1024, 64 * 1024]
/** So many entries of several ledgers are given together, at the least. */
const entriesAtOnce = 1_000

/** How many bytes of each ledger of a run were read. */
export type ReadBytes = ReadonlyMap<string, number>

const ownLedger = ''

/** Reads the ledgers of a run that may still grow, and to which workers may still be added. */
export class RunLedgersTail {
  readonly #path: string
  readonly #upTo: ReadBytes | undefined
  readonly #own: LedgerTail
  readonly #workers = new Map<string, LedgerTail>()

  /** @param upTo how far the ledgers are read, where what has come since is not wanted; one that is not in it is not read. */
  constructor(ledgerPath: string, upTo?: ReadBytes) {
    this.#path = ledgerPath
    this.#upTo = upTo
    this.#own = new LedgerTail(ledgerPath)
  }

  /** How much of the files was read. */
  get readBytes(): number {
    return [this.#own, ...this.#workers.values()].reduce((sum, tail) => sum + tail.readBytes, 0)
  }

  /** The same by ledger: by worker, and of the run's own under an empty name. */
  get readBytesByLedger(): ReadBytes {
    const bytes = new Map([[ownLedger, this.#own.readBytes]])
    for (const [worker, tail] of this.#workers) bytes.set(worker, tail.readBytes)
    return bytes
  }

  /** How much there is now. */
  sizeBytes(): number {
    const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
    return this.paths().reduce((sum, path) => sum + sizeOf(path), 0)
  }

  /** The files there are now. */
  paths(): string[] {
    return [this.#path, ...workersBeside(this.#path).map((worker) => workerLedgerPathOf(this.#path, worker))]
  }

  /** Gives all that was appended since it was read last. */
  async read(onEntry: OnEntry): Promise<void> {
    this.#findWorkers()
    if (this.#workers.size === 0) return this.#own.read(onEntry)
    for await (const batch of this.batches()) for (const { entry, place } of batch) onEntry(entry, place)
  }

  /** The same a part at a time, so that whoever takes the entries can be waited for. */
  async *batches(): AsyncGenerator<readonly ReadEntry[]> {
    this.#findWorkers()
    if (this.#workers.size === 0) {
      yield* this.#own.batches(wholeChunkBytes, this.#bytesOf(ownLedger))
      return
    }
    const cursors = [new Cursor(this.#own.batches(sharedChunkBytes, this.#bytesOf(ownLedger)), undefined)]
    for (const [worker, tail] of this.#workers) {
      cursors.push(new Cursor(tail.batches(sharedChunkBytes, this.#bytesOf(worker)), worker))
    }
    yield* mergedByTime(cursors)
  }

  /** As `read`, for moments in which nothing can be awaited: one ledger after the other. */
  readSync(onEntry: OnEntry): void {
    this.#findWorkers()
    this.#own.readSync(onEntry)
    for (const [worker, tail] of this.#workers) tail.readSync((entry, place) => onEntry(entry, { ...place, worker }))
  }

  /** What there was so far, in the lines that have an end. */
  report(): RunLedgersReport {
    const workers = new Map([...this.#workers].map(([worker, tail]) => [worker, tail.report()]))
    return { ...this.#own.report(), workers }
  }

  #findWorkers(): void {
    for (const worker of workersBeside(this.#path)) {
      if (this.#workers.has(worker) || this.#bytesOf(worker) === 0) continue
      this.#workers.set(worker, new LedgerTail(workerLedgerPathOf(this.#path, worker)))
    }
  }

  #bytesOf(name: string): number {
    return this.#upTo === undefined ? Number.POSITIVE_INFINITY : (this.#upTo.get(name) ?? 0)
  }

  /** Takes last lines without their line ends, which may be whole all the same, and says what there was. */
  end(onEntry: OnEntry): RunLedgersReport {
    const workers = new Map<string, LedgerReport>()
    for (const [worker, tail] of this.#workers) {
      workers.set(
        worker,
        tail.end((entry, place) => onEntry(entry, { ...place, worker })),
      )
    }
    return { ...this.#own.end(onEntry), workers }
  }
}

/** A ledger of several, and the entry of it that comes next. */
class Cursor {
  readonly #batches: AsyncGenerator<readonly ReadEntry[]>
  readonly #worker: string | undefined
  #batch: readonly ReadEntry[] = []
  #next = 0

  constructor(batches: AsyncGenerator<readonly ReadEntry[]>, worker: string | undefined) {
    this.#batches = batches
    this.#worker = worker
  }

  get atMs(): number {
    return this.#batch[this.#next]?.place.atMs ?? Number.POSITIVE_INFINITY
  }

  /** True while there is an entry; reads on where the batch is used up. */
  async hasEntry(): Promise<boolean> {
    while (this.#next >= this.#batch.length) {
      const { done, value } = await this.#batches.next()
      if (done) return false
      this.#batch = value
      this.#next = 0
    }
    return true
  }

  /** True when this one is to be read before the other: what a run notes of a record follows from what its worker did. */
  isBefore(other: Cursor): boolean {
    return this.atMs < other.atMs || (this.atMs === other.atMs && this.#worker !== undefined)
  }

  /** Gives the first entry, and those behind it that were read already and come before the first one of another ledger. */
  give(other: Cursor | undefined, to: ReadEntry[]): void {
    do {
      const read = this.#batch[this.#next]
      if (read === undefined) return
      this.#next += 1
      to.push(this.#worker === undefined ? read : { ...read, place: { ...read.place, worker: this.#worker } })
    } while (other === undefined || this.isBefore(other))
  }
}

async function* mergedByTime(all: readonly Cursor[]): AsyncGenerator<readonly ReadEntry[]> {
  const cursors: Cursor[] = []
  for (const cursor of all) if (await cursor.hasEntry()) insert(cursors, cursor)
  let batch: ReadEntry[] = []
  for (let first = cursors.shift(); first !== undefined; first = cursors.shift()) {
    first.give(cursors[0], batch)
    if (await first.hasEntry()) insert(cursors, first)
    if (batch.length < entriesAtOnce) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Puts a cursor where its time is. */
function insert(cursors: Cursor[], cursor: Cursor): void {
  let [low, high] = [0, cursors.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = cursors[middle]
    if (other === undefined || cursor.isBefore(other)) high = middle
    else low = middle + 1
  }
  cursors.splice(low, 0, cursor)
}
