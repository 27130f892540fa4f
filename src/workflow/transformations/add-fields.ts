import type { Row } from '../sources/source.ts'
import { perRow, type Transformation } from './transformation.ts'

/** Adds columns with fixed values to every row; a column of that name is replaced. */
export function addFields({ mapping }: { readonly mapping: Readonly<Row> }): Transformation {
  return perRow('add', (row) => ({ ...row, ...mapping }))
}
