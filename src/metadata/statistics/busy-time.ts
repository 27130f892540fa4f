/** Up to this many requests the time is exact; of more it is known on a grid. */
const exactRequests = 10_000

/** Cells of the grid over the whole time: at most half as many gaps are kept. */
const gridCells = 65_536

const maxPending = 1_024

type Span = readonly [start: number, end: number]

/**
 * The time during which at least one of many requests was under way, in integer microseconds. It does not depend on the
 * order of adding or merging, and memory is bounded: beyond 10,000 requests, spans are widened to a grid of 1/65,536 of the
 * time from the first start to the last end, or up to twice that.
 */
export class BusyTime {
  #requests = 0
  #start = Number.POSITIVE_INFINITY
  #end = Number.NEGATIVE_INFINITY
  #spans: Span[] = []
  /** Spans in front of this one are sorted and apart. */
  #sorted = 0

  get requests(): number {
    return this.#requests
  }

  add(start: number, duration: number): void {
    this.#requests += 1
    if (duration > 0) this.#take([start, start + duration])
    if (this.#spans.length - this.#sorted > maxPending) this.#compact()
  }

  merge(other: BusyTime): void {
    this.#requests += other.#requests
    this.#start = Math.min(this.#start, other.#start)
    this.#end = Math.max(this.#end, other.#end)
    for (const span of other.#spans) this.#spans.push(span)
    this.#compact()
  }

  microseconds(): number {
    this.#compact()
    let sum = 0
    for (const [start, end] of this.#spans) sum += end - start
    return sum
  }

  #take(span: Span): void {
    this.#start = Math.min(this.#start, span[0])
    this.#end = Math.max(this.#end, span[1])
    this.#spans.push(span)
  }

  #compact(): void {
    const cell = this.#requests > exactRequests ? cellOf(this.#end - this.#start) : 1
    const widened = this.#spans.map(([start, end]): Span => [floorTo(start, cell), -floorTo(-end, cell)])
    this.#spans = joined(widened.sort((a, b) => a[0] - b[0]))
    this.#sorted = this.#spans.length
  }
}

// Cells are powers of two, so that those of a coarse grid are made of whole cells of each finer one.
function cellOf(length: number): number {
  return length > gridCells ? 2 ** Math.ceil(Math.log2(length / gridCells)) : 1
}

function floorTo(value: number, cell: number): number {
  return Math.floor(value / cell) * cell
}

function joined(sorted: readonly Span[]): Span[] {
  const spans: Span[] = []
  for (const [start, end] of sorted) {
    const last = spans.at(-1)
    if (last === undefined || start > last[1]) spans.push([start, end])
    else if (end > last[1]) spans[spans.length - 1] = [last[0], end]
  }
  return spans
}
