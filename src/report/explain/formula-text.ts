import type { FigurePath, Formula, Measure } from '../../metadata/figures/formula.ts'
import { type Reducer, shareOf } from './reducer.ts'

/** A number as it is written into a formula: all that counts of it, and no noise of binary fractions. */
export function plainNumber(value: number | undefined): string {
  return value === undefined ? '?' : String(Number(value.toPrecision(12)))
}

/** The formula in words; figures of the same block without the path to it. */
export function formulaInWords(formula: Formula, explained: FigurePath): string {
  return render(formula, {
    figure: (path) => shortPath(path, explained),
    measure: ({ reduction, what }) => `${reductionInWords(reduction)} ${what}`,
    constant: ({ what }) => what,
  })
}

/** The formula with its numbers. */
export function formulaInNumbers(formula: Formula, numberOf: (formula: Formula) => number | undefined): string {
  return render(formula, {
    figure: (_, figure) => plainNumber(numberOf(figure)),
    measure: (_, figure) => plainNumber(numberOf(figure)),
    constant: (constant) => plainNumber(numberOf(constant)),
  })
}

/** How a statistic came about from its values; undefined for other measures. */
export function statisticInNumbers(reducer: Reducer): string | undefined {
  const { reduction } = reducer.measure
  switch (reduction) {
    case 'median':
    case 'p50':
    case 'p95':
    case 'p99': {
      const share = shareOf(reduction)
      const found = reducer.percentile(share)
      if (found === undefined) return undefined
      const { position, below, above } = found
      const at = `of ${reducer.count} values in ascending order, at ${share} × (${reducer.count} − 1) = ${plainNumber(position)} counted from 0`
      const fraction = position - Math.floor(position)
      if (fraction === 0) return `${at}: ${plainNumber(below)}`
      return `${at}: ${plainNumber(below)} + ${plainNumber(fraction)} × (${plainNumber(above)} − ${plainNumber(below)})`
    }
    case 'mean':
      return `the sum of ${reducer.count} values by ${reducer.count}`
    case 'std_dev':
      return `the root of the sum of squared distances from the mean by ${Math.max(0, reducer.count - 1)}, of ${reducer.count} values`
    case 'min':
    case 'max':
      return `of ${reducer.count} values`
    default:
      return undefined
  }
}

function reductionInWords(reduction: Measure['reduction']): string {
  if (typeof reduction === 'object') {
    return 'rank' in reduction
      ? `number ${reduction.rank + 1} from the top of the`
      : `number ${reduction.position + 1} of the`
  }
  switch (reduction) {
    case 'count':
      return 'how many'
    case 'sum':
      return 'sum of the'
    case 'last':
      return 'the'
    case 'lowest':
      return 'lowest of the'
    case 'united spans':
      return 'the'
    default:
      return `${reduction} of the`
  }
}

interface Rendering {
  readonly figure: (path: FigurePath, formula: Formula) => string
  readonly measure: (measure: Measure, formula: Formula) => string
  readonly constant: (formula: Extract<Formula, { type: 'constant' | 'ledger' }>) => string
}

function render(formula: Formula, rendering: Rendering): string {
  switch (formula.type) {
    case 'figure':
      return rendering.figure(formula.path, formula)
    case 'ledger':
    case 'constant':
      return rendering.constant(formula)
    case 'measure':
      return rendering.measure(formula.measure, formula)
    case 'not below 0':
      return `${render(formula.of, rendering)}, but not below 0`
    case 'operation':
      return formula.terms
        .map((term) => (term.type === 'operation' ? `(${render(term, rendering)})` : render(term, rendering)))
        .join(` ${formula.sign} `)
    default:
      return formula satisfies never
  }
}

function shortPath(path: FigurePath, explained: FigurePath): string {
  let shared = 0
  while (shared < path.length - 1 && path[shared] === explained[shared]) shared += 1
  // Only the same block needs no path; what is further away is named in full.
  return shared >= explained.length - 1 ? path.slice(shared).join('.') : path.join('.')
}
