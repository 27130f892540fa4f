import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { isTimed, type MetadataEvent, type RequestEnd, succeeded } from '../../metadata/event.ts'
import type { LatencySketch, Metadata } from '../../metadata/schema.ts'
import { readBins, secondsOfBin } from '../text/latency-histogram.ts'

/** Values of one kind, and for each the number of the record that it belongs to. */
export interface Sample {
  readonly values: number[]
  readonly records: number[]
}

/** The single values behind the figures of a run, by record, so that it can be told how much of a difference is chance. */
export class RunSamples {
  /** Numbers of the records by their ids; what belongs to no record is a record of its own that no other run has. */
  readonly records = new Map<string, number>()
  readonly #samples = new Map<string, Sample>()
  #recordCount = 0

  /** Values by the names that figures know them by: `latency`, `models.NAME.cost`, `nodes.NAME.latency`, … */
  sample(name: string): Sample | undefined {
    return this.#samples.get(name)
  }

  get recordCount(): number {
    return this.#recordCount
  }

  add(event: MetadataEvent): void {
    if (event.type === 'request-end') this.#addRequest(event)
    else if (event.type === 'node-end') {
      this.put(`nodes.${event.node}.latency`, event.durationSeconds, event.recordId)
    } else if (event.type === 'record-end') {
      const { recordId, costPicodollars, durationSeconds } = event
      if (costPicodollars !== undefined) this.put('record cost', costPicodollars / picodollarsPerUsd, recordId)
      if (durationSeconds !== undefined) this.put('record time', durationSeconds, recordId)
    }
  }

  put(name: string, value: number, recordId: string | undefined): void {
    const sample = this.#samples.get(name) ?? { values: [], records: [] }
    sample.values.push(value)
    sample.records.push(this.#numberOf(recordId))
    this.#samples.set(name, sample)
  }

  #addRequest(request: RequestEnd): void {
    const { recordId, model, node } = request
    const costUsd = (request.cost?.picodollars ?? 0) / picodollarsPerUsd
    if (isTimed(request)) this.#addTimes(request)
    this.put('cost', costUsd, recordId)
    this.put(`models.${model}.cost`, costUsd, recordId)
    if (node !== undefined) this.put(`nodes.${node}.cost`, costUsd, recordId)
  }

  #addTimes(request: RequestEnd): void {
    const { recordId, model, durationSeconds, callDurationSeconds } = request
    if (succeeded(request)) this.put('latency', callDurationSeconds ?? durationSeconds, recordId)
    this.put(`models.${model}.latency`, durationSeconds, recordId)
  }

  #numberOf(recordId: string | undefined): number {
    const known = recordId === undefined ? undefined : this.records.get(recordId)
    if (known !== undefined) return known
    const number = this.#recordCount
    this.#recordCount += 1
    if (recordId !== undefined) this.records.set(recordId, number)
    return number
  }
}

/** More values than this would take too long, and their percentiles hardly vary. */
const maxSketchValues = 50_000

/** What a file alone tells: the latencies of models and nodes, to 1 %. */
export function samplesOfFile({ models, nodes }: Metadata): RunSamples {
  const samples = new RunSamples()
  for (const [name, model] of Object.entries(models)) putSketch(samples, `models.${name}.latency`, model.latency_sketch)
  for (const [name, node] of Object.entries(nodes)) putSketch(samples, `nodes.${name}.latency`, node.latency_sketch)
  return samples
}

function putSketch(samples: RunSamples, name: string, sketch: LatencySketch | undefined): void {
  const bins = readBins(sketch)
  if (bins === undefined || (sketch?.count ?? 0) > maxSketchValues) return
  for (let count = 0; count < Math.min(bins.zeroCount, maxSketchValues); count += 1) samples.put(name, 0, undefined)
  for (const [index, binCount] of bins.counts) {
    const seconds = secondsOfBin(index, bins.relativeAccuracy)
    for (let count = 0; count < Math.min(binCount, maxSketchValues); count += 1) samples.put(name, seconds, undefined)
  }
}
