import { rounded } from '../statistics/rounding.ts'
import { evaluate, type FigurePath, type Formula, type Measure } from './formula.ts'
import type { Subject } from './subject.ts'

/**
 * One number of the metadata file, told once: its sentence, its unit, and how it comes about. The fold and its merge, the
 * schema, the number in the file, the formula of `explain`, the name that gates know it by and the table of the
 * documentation follow from it.
 */
export interface Figure<Totals = never, Added extends boolean = boolean> {
  /** What the number is. */
  readonly sentence: string
  readonly unit: FigureUnit
  /** Keys that format 1.1.0 added may be missing in a file. */
  readonly isAdded: Added
  /** How it comes about, from what is tallied of events and from other figures; undefined where `explain` says it itself. */
  readonly formula?: (place: FigurePlace) => Formula
  /** The number, where it does not follow from the formula. */
  readonly read?: (totals: Totals) => number
  /** Default: always. */
  readonly isWritten?: (number: number, totals: Totals) => boolean
  readonly gate?: GateName
}

/** Whose figure is meant, and where it stands. */
export interface FigurePlace {
  readonly subject: Subject
  /** The block of the file that the figure stands in. */
  readonly block: FigurePath
  /** In a rehearsal, money is what would have been spent. */
  readonly isRehearsal: boolean
}

/** Counts are whole numbers; seconds are written with 3 digits, rates with 2, USD with 6, shares and averages with all. */
export type FigureUnit = 'count' | 'seconds' | 'usd' | 'share' | 'average' | 'rate'

/** How `compare` and its gates know a figure. */
export interface GateName {
  readonly name: string
  readonly title: string
  /** What one hopes for; left out where more is neither better nor worse. */
  readonly better?: 'lower' | 'higher'
  /** It grows with the work that was done: of runs over other numbers of records it says nothing. */
  readonly isTotal?: true
}

/** Figures of one block of the file, by key. */
export type Figures<Totals = never> = Readonly<Record<string, Figure<Totals>>>

/** A figure of format 1.0.0. */
export function figureOf<Totals>(row: Omit<Figure<Totals>, 'isAdded'>): Figure<Totals, false> {
  return { ...row, isAdded: false }
}

/** A figure that format 1.1.0 added. */
export function addedFigure<Totals>(row: Omit<Figure<Totals>, 'isAdded'>): Figure<Totals, true> {
  return { ...row, isAdded: true }
}

/** Digits that the file keeps of a figure; undefined when it keeps all. */
export function digitsOfUnit(unit: FigureUnit): number | undefined {
  return digits[unit]
}

const digits = { count: undefined, share: undefined, average: undefined, seconds: 3, usd: 6, rate: 2 } as const

type NumbersOf<Rows> = { [Key in keyof Rows]: number }

/** The numbers of a block as the file has them: rounding happens here. */
export function numbersOf<Totals, const Rows extends Figures<Totals>>(
  rows: Rows,
  known: Known<Totals>,
): NumbersOf<Rows> {
  const { totals, isRehearsal = false } = known
  const formulas = formulasOf(rows, isRehearsal)
  const values = {
    measure: (measure: Measure) => known.measured?.(measure) ?? unknown(measure.what),
    figure: (path: FigurePath) => exact(path.join('.')),
  }
  function exact(key: string): number {
    const row = rows[key]
    if (row === undefined) return known.other?.(key) ?? unknown(key)
    return row.read === undefined ? evaluate(formulas[key] ?? unknown(key), values) : row.read(totals)
  }
  const numbers: (string | number)[][] = []
  for (const [key, { unit, isWritten }] of Object.entries(rows)) {
    const number = exact(key)
    if (isWritten?.(number, totals) === false) continue
    const kept = digitsOfUnit(unit)
    numbers.push([key, kept === undefined ? finite(number) : rounded(number, kept)])
  }
  return Object.fromEntries(numbers)
}

type Formulas = Readonly<Record<string, Formula | undefined>>

// A summary is made every few seconds, of every model and node, by formulas that are always the same.
const knownFormulas = new WeakMap<object, { readonly spent: Formulas; readonly rehearsed: Formulas }>()

/** The formulas of a block for whoever knows what their measures come to. */
function formulasOf(rows: Readonly<Record<string, Figure<never>>>, isRehearsal: boolean): Formulas {
  let known = knownFormulas.get(rows)
  if (known === undefined) {
    const [spent = {}, rehearsed = {}] = [false, true].map((isRehearsed) => {
      const place: FigurePlace = { subject: nobody, block: [], isRehearsal: isRehearsed }
      return Object.fromEntries(Object.entries(rows).map(([key, { formula }]) => [key, formula?.(place)]))
    })
    known = { spent, rehearsed }
    knownFormulas.set(rows, known)
  }
  return isRehearsal ? known.rehearsed : known.spent
}

/** What the figures of a block are made of. */
interface Known<Totals> {
  readonly totals: Totals
  /** What a measure of a formula comes to in these totals. */
  readonly measured?: (measure: Measure) => number
  readonly isRehearsal?: boolean
  /** Figures of other blocks, by their path. */
  readonly other?: (path: string) => number | undefined
}

const nobody: Subject = { name: '', has: () => false }

function unknown(what: string): never {
  throw new Error(`nothing is known here of ${what}`)
}

function finite(number: number): number {
  return Number.isFinite(number) ? number : 0
}
