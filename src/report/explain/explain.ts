import { describeKey } from '../../metadata/describe-key.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { digitsOfUnit } from '../../metadata/figures/figure.ts'
import {
  type FigurePath,
  type Formula,
  type Measure,
  type OperationSign,
  operate,
} from '../../metadata/figures/formula.ts'
import { figureAt } from '../../metadata/figures/registry.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { exactLimit } from '../../metadata/statistics/distribution.ts'
import { sentWithoutCost } from '../run/run-cost.ts'
import { formatQuantity } from '../text/format-values.ts'
import { numberAt } from './figure-path.ts'
import { formulaOf } from './formula-of.ts'
import { formulaInNumbers, formulaInWords, plainNumber, statisticInNumbers } from './formula-text.ts'
import { type LinePlace, Reducer, type RestingLine } from './reducer.ts'

/** Why a figure of a run is what it is. */
export interface Explanation {
  readonly path: FigurePath
  readonly value: number
  /** From the blocks that the figure stands in to itself. */
  readonly definition: readonly string[]
  /** In words, and with its numbers; undefined when nobody has said how the figure comes about. */
  readonly formula?: string
  readonly numbers?: string
  /** What the formula comes to before it is rounded; undefined when it rests on events that are not there. */
  readonly result?: number
  /** How the file's number differs from it: rounding, or a sketch. */
  readonly rounding?: string
  /** Whether the result, rounded, is the file's number. */
  readonly agrees?: boolean
  /** What is not in an amount, because nobody knows what it cost: a part of that may belong to it. */
  readonly without: readonly string[]
  /** The lines of the ledger it rests on. */
  readonly lines: readonly RestingLines[]
}

export interface RestingLines {
  readonly what: string
  readonly count: number
  /** The first of them. */
  readonly shown: readonly RestingLine[]
}

/** How many lines a ledger has, of every kind, and how many of them cannot be read. */
export interface LedgerCounts {
  readonly entries: number
  readonly damagedLines: number
}

/** Explains figures of one run. With a ledger, every event is to be given to `add` first. */
export class Explainer {
  readonly #metadata: Metadata
  readonly #paths: readonly FigurePath[]
  readonly #formulas = new Map<string, Formula | undefined>()
  readonly #reducers = new Map<Measure, Reducer>()
  readonly #values = new Map<Formula, number | undefined>()
  #hasEvents = false
  #ledger: LedgerCounts | undefined

  constructor(
    metadata: Metadata,
    paths: readonly FigurePath[],
    { mostLines = 10 }: { readonly mostLines?: number } = {},
  ) {
    this.#metadata = metadata
    this.#paths = paths
    for (const path of paths) this.#gather(this.#formulaOf(path), mostLines)
  }

  add(event: MetadataEvent, place: LinePlace): void {
    this.#hasEvents = true
    for (const reducer of this.#reducers.values()) reducer.add(event, place)
  }

  /** To be told at the end of the ledger, what there was in it. */
  endLedger(counts: LedgerCounts): void {
    this.#ledger = counts
  }

  explanations(): Explanation[] {
    return this.#paths.map((path) => this.#explain(path))
  }

  #explain(path: FigurePath): Explanation {
    const value = numberAt(this.#metadata, path) ?? Number.NaN
    const common = { path, value, definition: describeKey(path), without: withoutCost(this.#metadata, path) }
    const formula = this.#formulaOf(path)
    if (formula === undefined) return { ...common, lines: [] }
    const result = this.#valueOf(formula)
    return {
      ...common,
      formula: formulaInWords(formula, path),
      ...(result === undefined ? {} : this.#outcome(formula, { path, value, result })),
      lines: this.#linesOf(formula),
    }
  }

  #outcome(formula: Formula, figure: { readonly path: FigurePath; readonly value: number; readonly result: number }) {
    const { path, value, result } = figure
    const reducer = formula.type === 'measure' ? this.#reducers.get(formula.measure) : undefined
    const numbers = (reducer && statisticInNumbers(reducer)) ?? formulaInNumbers(formula, (part) => this.#valueOf(part))
    const isSketch = /^(median|p\d\d)$/.test(path.at(-1) ?? '') && (reducer?.count ?? 0) > exactLimit
    const digits = digitsOf(path)
    const tolerance = isSketch ? Math.abs(result) * 0.011 + 0.001 : toleranceOf(digits, result)
    const roundingText = isSketch
      ? `of more than ${exactLimit} values the file has percentiles within 1 %`
      : digits === undefined || plainNumber(result) === plainNumber(value)
        ? undefined
        : `the file rounds to ${digits} digits`
    return {
      numbers: numbers === plainNumber(result) ? undefined : numbers,
      result,
      agrees: Math.abs(result - value) <= tolerance,
      ...(roundingText === undefined ? {} : { rounding: roundingText }),
    }
  }

  #formulaOf(path: FigurePath): Formula | undefined {
    const key = path.join('\n')
    if (!this.#formulas.has(key)) this.#formulas.set(key, formulaOf(this.#metadata, path))
    return this.#formulas.get(key)
  }

  /** Makes a reducer for each measure that a formula rests on, through other figures too. */
  #gather(formula: Formula | undefined, mostLines: number): void {
    for (const measure of this.#measuresOf(formula)) {
      if (!this.#reducers.has(measure)) this.#reducers.set(measure, new Reducer(measure, mostLines))
    }
  }

  #measuresOf(formula: Formula | undefined): readonly Measure[] {
    switch (formula?.type) {
      case undefined:
      case 'constant':
      case 'ledger':
        return []
      case 'measure':
        return [formula.measure]
      case 'not below 0':
        return this.#measuresOf(formula.of)
      case 'operation':
        return formula.terms.flatMap((term) => this.#measuresOf(term))
      case 'figure':
        return this.#measuresOf(this.#formulaOf(formula.path))
      default:
        return formula satisfies never
    }
  }

  #valueOf(formula: Formula): number | undefined {
    if (!this.#values.has(formula)) this.#values.set(formula, this.#evaluate(formula))
    return this.#values.get(formula)
  }

  #evaluate(formula: Formula): number | undefined {
    switch (formula.type) {
      case 'constant':
        return formula.value
      case 'ledger':
        return this.#ledger?.[formula.key]
      case 'measure':
        return this.#hasEvents ? this.#reducers.get(formula.measure)?.result() : undefined
      case 'figure': {
        const own = this.#hasEvents ? this.#formulaOf(formula.path) : undefined
        // A figure that is written only where there is something to say is 0 where it is missing.
        const missing = figureAt(formula.path)?.isWritten === undefined ? undefined : 0
        return (own && this.#valueOf(own)) ?? numberAt(this.#metadata, formula.path) ?? missing
      }
      case 'not below 0': {
        const value = this.#valueOf(formula.of)
        return value === undefined ? undefined : Math.max(0, value)
      }
      case 'operation':
        return operateOnKnown(
          formula.sign,
          formula.terms.map((term) => this.#valueOf(term)),
        )
      default:
        return formula satisfies never
    }
  }

  #linesOf(formula: Formula): RestingLines[] {
    if (!this.#hasEvents) return []
    const reducers = [...new Set(this.#measuresOf(formula))].flatMap((measure) => this.#reducers.get(measure) ?? [])
    return reducers.map(({ measure, count, lines }) => ({ what: measure.what, count, shown: lines }))
  }
}

function operateOnKnown(sign: OperationSign, terms: readonly (number | undefined)[]): number | undefined {
  const values = terms.filter((term) => term !== undefined)
  return values.length < terms.length || values.length === 0 ? undefined : operate(sign, values)
}

function withoutCost(metadata: Metadata, path: FigurePath): readonly string[] {
  if (!isAmount(path)) return []
  const unpriced = numberAt(metadata, [...path.slice(0, -1), 'unpriced_requests']) ?? 0
  const answers = unpriced > 0 ? [`${formatQuantity(unpriced, 'answer')} whose cost is not known`] : []
  return [...answers, ...sentWithoutCost(metadata)]
}

function isAmount(path: FigurePath): boolean {
  if (path.includes('receipt')) return false
  return figureAt(path)?.unit === 'usd' || /usd$/.test(path.at(-1) ?? '') || path.includes('cost_per_record')
}

/** How many digits the file keeps of a figure; undefined when it does not round. */
function digitsOf(path: FigurePath): number | undefined {
  const key = path.at(-1) ?? ''
  if (path.includes('latency_sketch')) return undefined
  if (path.includes('receipt')) return key === 'busy_seconds' ? 6 : /usd$/.test(key) ? 12 : undefined
  const unit = figureAt(path)?.unit
  if (unit !== undefined) return digitsOfUnit(unit)
  if (isAmount(path)) return 6
  return /seconds$/.test(key) || path.at(-2)?.endsWith('statistics') || path.includes('latency_per_record')
    ? 3
    : undefined
}

// The last digit may fall either way where a half is rounded.
function toleranceOf(digits: number | undefined, result: number): number {
  const relative = Math.abs(result) * 1e-9
  return digits === undefined ? relative : 0.5001 * 10 ** -digits + relative
}
