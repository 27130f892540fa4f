import type { RecordEnd, RequestEnd, WorkerEnd, WorkerStart } from '../event.ts'
import type { Measure } from '../figures/formula.ts'
import { workerTallySets } from '../figures/registry.ts'
import { Tallies } from '../figures/tally.ts'

/** What one worker of a run has done. */
export class WorkerTotals {
  readonly #requests = new Tallies(workerTallySets.requests)
  readonly #records = new Tallies(workerTallySets.records)
  start: WorkerStart | undefined
  end: WorkerEnd | undefined

  /** One that has begun anew has not left: a program may outlive the signal that seemed to end it. */
  startAs(start: WorkerStart): void {
    this.start = start
    this.end = undefined
  }

  addRequest(request: RequestEnd): void {
    this.#requests.add(request)
  }

  addRecord(end: RecordEnd): void {
    this.#records.add(end)
  }

  merge(other: WorkerTotals): void {
    if (other.start !== undefined) this.startAs(other.start)
    this.end = other.end ?? this.end
    this.#requests.merge(other.#requests)
    this.#records.merge(other.#records)
  }

  /** What a measure of a figure comes to. */
  readonly measured = ({ tally, what }: Measure): number => {
    switch (tally?.of) {
      case 'request-end':
      case 'usage':
        return this.#requests.of(tally)
      case 'record-end':
        return this.#records.of(tally)
      default:
        throw new Error(`${what} is no measure of workers`)
    }
  }
}
