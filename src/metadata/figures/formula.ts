import type { MetadataEvent } from '../event.ts'
import type { AnyTally } from './tally.ts'

/** Where a figure stands in the metadata file, key by key: names of models have dots in them. */
export type FigurePath = readonly string[]

/** How a figure comes about: from other figures of the file, and at last from events. */
export type Formula =
  | { readonly type: 'figure'; readonly path: FigurePath }
  | { readonly type: 'constant'; readonly value: number; readonly what: string }
  | { readonly type: 'ledger'; readonly key: 'entries' | 'damagedLines'; readonly what: string }
  | { readonly type: 'measure'; readonly measure: Measure }
  | { readonly type: 'operation'; readonly sign: OperationSign; readonly terms: readonly Formula[] }
  | { readonly type: 'not below 0'; readonly of: Formula }

export type OperationSign = '+' | '−' | '×' | '/'

/** What is read from the events of a ledger, one number of each event that is meant. */
export interface Measure {
  /** In words, such as `duration of the requests to gpt-4o`. */
  readonly what: string
  /** Undefined for events that are not meant. */
  readonly value: (event: MetadataEvent) => number | undefined
  readonly reduction: Reduction
  /** What a fold keeps of the same events. */
  readonly tally?: AnyTally
  /** Brings the numbers, which are whole ones so that sums are exact, into the unit of the file. */
  readonly scale?: number
  /** Start of the span whose length is the value; only where spans are united. */
  readonly start?: (event: MetadataEvent) => number
}

/** What is made of the numbers. */
export type Reduction =
  | 'count'
  | 'sum'
  | 'last'
  | 'lowest'
  | 'united spans'
  | StatisticName
  | { readonly rank: number }
  | { readonly position: number; readonly mostKept: number }

/** The eight statistics of the file. */
export const statisticNames = ['min', 'max', 'mean', 'median', 'std_dev', 'p50', 'p95', 'p99'] as const

export type StatisticName = (typeof statisticNames)[number]

export function figure(...path: readonly string[]): Formula {
  return { type: 'figure', path }
}

export function measure(reduction: Reduction, what: string, value: Measure['value'], scale?: number): Formula {
  return { type: 'measure', measure: { what, value, reduction, ...(scale === undefined ? {} : { scale }) } }
}

/** How many events are meant. */
export function countOf(what: string, isMeant: (event: MetadataEvent) => boolean): Formula {
  return measure('count', what, (event) => (isMeant(event) ? 1 : undefined))
}

export function quotient(amount: Formula, divisor: Formula): Formula {
  return { type: 'operation', sign: '/', terms: [amount, divisor] }
}

export function product(...terms: readonly Formula[]): Formula {
  return { type: 'operation', sign: '×', terms }
}

export function difference(...terms: readonly Formula[]): Formula {
  return { type: 'operation', sign: '−', terms }
}

/** The sum; of nothing it is 0, of one term that term. */
export function total(terms: readonly Formula[]): Formula {
  const [only] = terms
  if (only === undefined) return { type: 'constant', value: 0, what: 'nothing' }
  return terms.length === 1 ? only : { type: 'operation', sign: '+', terms }
}

export function notBelow0(of: Formula): Formula {
  return { type: 'not below 0', of }
}

/** What a formula comes to, given what its measures and the figures that it names come to. */
export function evaluate(
  formula: Formula,
  known: { readonly measure: (measure: Measure) => number; readonly figure: (path: FigurePath) => number },
): number {
  switch (formula.type) {
    case 'constant':
      return formula.value
    case 'figure':
      return known.figure(formula.path)
    case 'measure':
      return known.measure(formula.measure)
    case 'not below 0':
      return Math.max(0, evaluate(formula.of, known))
    case 'operation':
      return operate(
        formula.sign,
        formula.terms.map((term) => evaluate(term, known)),
      )
    case 'ledger':
      throw new Error('what stands in the ledger is no fold')
    default:
      return formula satisfies never
  }
}

/** An operation on numbers. As in the file, nothing by nothing is nothing. */
export function operate(sign: OperationSign, [first = 0, ...others]: readonly number[]): number {
  switch (sign) {
    case '+':
      return others.reduce((sum, value) => sum + value, first)
    case '−':
      return others.reduce((rest, value) => rest - value, first)
    case '×':
      return others.reduce((result, value) => result * value, first)
    case '/':
      return others.reduce((result, value) => (value > 0 ? result / value : 0), first)
    default:
      return sign satisfies never
  }
}
