import { avoidedFigures } from './figures/avoided-figures.ts'
import { numbersOf } from './figures/figure.ts'
import type { RequestTotals } from './request-totals.ts'

/** `avoided`: what answers that were kept have saved; nothing where none was used. */
export function avoidedBlock({ cacheHits, measured }: RequestTotals) {
  return cacheHits === 0 ? {} : { avoided: numbersOf(avoidedFigures, { totals: undefined, measured }) }
}
