import { addMoney, type MoneySum, mergeMoney, noMoney, picodollarsPerUsd, usdOf } from '../cost.ts'
import type { ActorEnd, CacheHit, NodeEnd, RecordDuplicate, RecordEnd, RequestEnd, RequestStart } from '../event.ts'
import { countInto, mergeCounts } from '../statistics/counts.ts'
import { Distribution } from '../statistics/distribution.ts'

/**
 * One number that is read from each event of a kind, and what is kept of these numbers. The fold of a run, the merge of two
 * folds and the formulas of `explain` all follow from it.
 */
export interface Tally<Event, Kind extends string = string> {
  readonly of: Kind
  /** In words, such as `retries` or `duration of the requests`. */
  readonly what: string
  /** Undefined for an event that is not meant. Whole numbers only, so that sums are exact. */
  readonly read: (event: Event) => number | undefined
  readonly keeps: TallyKind
}

export type RequestTally = Tally<RequestEnd, 'request-end'>
/** Of what a request used, or of what a program states that a node has used. */
export type UsageTally = Tally<UsageSource, 'usage'>
export type StartTally = Tally<RequestStart, 'request-start'>
export type HitTally = Tally<CacheHit, 'cache-hit'>
export type NodeTally = Tally<NodeEnd, 'node-end'>
export type ActorTally = Tally<ActorEnd, 'actor-end'>
export type RecordTally = Tally<RecordEnd, 'record-end'>
export type DuplicateTally = Tally<RecordDuplicate, 'record-duplicate'>
export type AnyTally =
  | RequestTally
  | UsageTally
  | StartTally
  | HitTally
  | NodeTally
  | ActorTally
  | RecordTally
  | DuplicateTally

export type UsageSource = Pick<Partial<RequestEnd>, 'status' | 'usage' | 'estimatedUsage'>

/**
 * `count` and `sum` keep one number; `time` is a sum of microseconds, `money` one of picodollars; `values` and `amounts` keep
 * the distribution of each.
 */
export type TallyKind = 'count' | 'sum' | 'time' | 'money' | 'values' | 'amounts'

/** How often something of a kind happened: errors, response codes. */
export interface KindTally<Event> {
  /** In words, for one kind, such as `attempts that failed with http_429`. */
  readonly what: (kind: string) => string
  /** The kind of an event; undefined for an event that is not meant. */
  readonly kindOf: (event: Event) => string | undefined
}

/** Tallies of one kind of events, made ready to be folded. */
export class TallySet<Event> {
  readonly numbers: readonly Tally<Event>[]
  readonly money: readonly Tally<Event>[]
  readonly values: readonly Tally<Event>[]
  readonly kinds: readonly KindTally<Event>[]
  readonly addTo: (kept: Kept, event: Event) => void
  readonly #places: ReadonlyMap<Tally<Event>, number>

  constructor(tallies: Iterable<Tally<Event>>, kinds: Iterable<KindTally<Event>> = []) {
    const all = [...new Set(tallies)]
    this.money = all.filter(({ keeps }) => keeps === 'money')
    this.values = all.filter(({ keeps }) => keeps === 'values' || keeps === 'amounts')
    this.numbers = all.filter((tally) => !this.money.includes(tally) && !this.values.includes(tally))
    this.kinds = [...new Set(kinds)]
    this.addTo = all.length > loopedTallies ? unrolled(this) : looped(this)
    this.#places = new Map(
      [this.numbers, this.money, this.values].flatMap((list) => list.map((tally, place) => [tally, place] as const)),
    )
  }

  placeOf(tally: Tally<Event>): number {
    const place = this.#places.get(tally)
    if (place === undefined) throw new Error(`no tally of ${tally.what} is kept`)
    return place
  }
}

/** What is kept, each in the order of its tallies. */
interface Kept {
  readonly numbers: Float64Array
  readonly money: readonly MoneySum[]
  readonly values: readonly Distribution[]
  readonly kinds: readonly Map<string, number>[]
}

type Readers<Event> = Pick<TallySet<Event>, 'numbers' | 'money' | 'values' | 'kinds'>

/** Up to so many tallies a loop is as good: executions and records are fewer than requests. */
const loopedTallies = 14

function looped<Event>({ numbers, money, values, kinds }: Readers<Event>): TallySet<Event>['addTo'] {
  // By number: an iterator would take longer than what is done with what it gives.
  return (kept, event) => {
    for (let place = 0; place < numbers.length; place += 1) addNumber(kept, place, numbers[place]?.read(event))
    for (let place = 0; place < values.length; place += 1) addValue(kept, place, values[place]?.read(event))
    for (let place = 0; place < kinds.length; place += 1) addKind(kept, place, kinds[place]?.kindOf(event))
    for (let place = 0; place < money.length; place += 1) addPicodollars(kept, place, money[place]?.read(event))
  }
}

/**
 * The same as one piece: each tally has a call of its own here, which has one target only, and which the engine therefore
 * compiles into its place. This runs for every request, and a loop costs several times as much.
 */
function unrolled<Event>(readers: Readers<Event>): TallySet<Event>['addTo'] {
  const [n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, ...moreNumbers] = readers.numbers.map(({ read }) => read)
  const [n12, n13, n14, n15, n16, n17, n18, n19, n20, n21, n22, n23, ...evenMoreNumbers] = moreNumbers
  const [n24, n25, n26, n27, ...restOfNumbers] = evenMoreNumbers
  const [m0, m1, m2, m3, m4, m5, m6, m7, ...restOfMoney] = readers.money.map(({ read }) => read)
  const [v0, v1, v2, v3, ...restOfValues] = readers.values.map(({ read }) => read)
  const [k0, k1, ...restOfKinds] = readers.kinds.map(({ kindOf }) => kindOf)
  const hasMore = restOfNumbers.length + restOfValues.length + restOfKinds.length + restOfMoney.length > 0
  return (kept, event) => {
    addNumber(kept, 0, n0?.(event))
    addNumber(kept, 1, n1?.(event))
    addNumber(kept, 2, n2?.(event))
    addNumber(kept, 3, n3?.(event))
    addNumber(kept, 4, n4?.(event))
    addNumber(kept, 5, n5?.(event))
    addNumber(kept, 6, n6?.(event))
    addNumber(kept, 7, n7?.(event))
    addNumber(kept, 8, n8?.(event))
    addNumber(kept, 9, n9?.(event))
    addNumber(kept, 10, n10?.(event))
    addNumber(kept, 11, n11?.(event))
    addNumber(kept, 12, n12?.(event))
    addNumber(kept, 13, n13?.(event))
    addNumber(kept, 14, n14?.(event))
    addNumber(kept, 15, n15?.(event))
    addNumber(kept, 16, n16?.(event))
    addNumber(kept, 17, n17?.(event))
    addNumber(kept, 18, n18?.(event))
    addNumber(kept, 19, n19?.(event))
    addNumber(kept, 20, n20?.(event))
    addNumber(kept, 21, n21?.(event))
    addNumber(kept, 22, n22?.(event))
    addNumber(kept, 23, n23?.(event))
    addNumber(kept, 24, n24?.(event))
    addNumber(kept, 25, n25?.(event))
    addNumber(kept, 26, n26?.(event))
    addNumber(kept, 27, n27?.(event))
    addValue(kept, 0, v0?.(event))
    addValue(kept, 1, v1?.(event))
    addValue(kept, 2, v2?.(event))
    addValue(kept, 3, v3?.(event))
    addKind(kept, 0, k0?.(event))
    addKind(kept, 1, k1?.(event))
    addPicodollars(kept, 0, m0?.(event))
    addPicodollars(kept, 1, m1?.(event))
    addPicodollars(kept, 2, m2?.(event))
    addPicodollars(kept, 3, m3?.(event))
    addPicodollars(kept, 4, m4?.(event))
    addPicodollars(kept, 5, m5?.(event))
    addPicodollars(kept, 6, m6?.(event))
    addPicodollars(kept, 7, m7?.(event))
    if (!hasMore) return
    // What is more than there are places above is looped over: slower, and as right.
    for (const [place, read] of restOfNumbers.entries()) addNumber(kept, 28 + place, read(event))
    for (const [place, read] of restOfValues.entries()) addValue(kept, 4 + place, read(event))
    for (const [place, kindOf] of restOfKinds.entries()) addKind(kept, 2 + place, kindOf(event))
    for (const [place, read] of restOfMoney.entries()) addPicodollars(kept, 8 + place, read(event))
  }
}

function addNumber({ numbers }: Kept, place: number, number: number | undefined): void {
  if (number !== undefined) numbers[place] = (numbers[place] ?? 0) + number
}

function addValue({ values }: Kept, place: number, value: number | undefined): void {
  if (value !== undefined) values[place]?.add(value)
}

function addKind({ kinds }: Kept, place: number, kind: string | undefined): void {
  const counts = kinds[place]
  if (kind !== undefined && counts !== undefined) countInto(counts, kind)
}

function addPicodollars({ money }: Kept, place: number, picodollars: number | undefined): void {
  const sum = money[place]
  if (picodollars !== undefined && sum !== undefined) addMoney(sum, picodollars)
}

/** What was kept of many events. */
export class Tallies<Event> {
  readonly #set: TallySet<Event>
  readonly #kept: Kept

  constructor(set: TallySet<Event>) {
    this.#set = set
    this.#kept = {
      numbers: new Float64Array(set.numbers.length),
      money: set.money.map(noMoney),
      values: set.values.map(() => new Distribution()),
      kinds: set.kinds.map(() => new Map()),
    }
  }

  add(event: Event): void {
    this.#set.addTo(this.#kept, event)
  }

  /** Adds what was kept of other events. */
  merge(other: Tallies<Event>): void {
    const [kept, more] = [this.#kept, other.#kept]
    for (const [place, number] of more.numbers.entries()) addNumber(kept, place, number)
    for (const [place, sum] of more.money.entries()) mergeMoney(kept.money[place] ?? noMoney(), sum)
    for (const [place, values] of more.values.entries()) kept.values[place]?.merge(values)
    for (const [place, counts] of more.kinds.entries()) mergeCounts(kept.kinds[place] ?? new Map(), counts)
  }

  /** The count or sum, in the unit of the file: seconds, USD, or as it is. */
  of(tally: Tally<Event>): number {
    const place = this.#set.placeOf(tally)
    const { numbers, money, values } = this.#kept
    switch (tally.keeps) {
      case 'count':
      case 'sum':
        return numbers[place] ?? 0
      case 'time':
        return (numbers[place] ?? 0) / 1e6
      case 'money':
        return usdOf(money[place] ?? noMoney())
      case 'values':
        return (values[place]?.sum ?? 0) / 1e6
      case 'amounts':
        return (values[place]?.sum ?? 0) / picodollarsPerUsd
      default:
        return tally.keeps satisfies never
    }
  }

  distributionOf(tally: Tally<Event>): Distribution {
    return this.#kept.values[this.#set.placeOf(tally)] ?? new Distribution()
  }

  countsOf(kind: KindTally<Event>): ReadonlyMap<string, number> {
    return this.#kept.kinds[this.#set.kinds.indexOf(kind)] ?? new Map()
  }
}
