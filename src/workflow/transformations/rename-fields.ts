import { perRow, type Transformation } from './transformation.ts'

/** What to rename. */
export interface RenameOptions {
  /** Old name to new name, applied in order. */
  readonly mapping: Readonly<Record<string, string>>
  /** Whether a column that has the new name already is replaced. Default false: then the old name stays. */
  readonly overwrite?: boolean
}

/** Renames columns; a row without the column stays as it is. */
export function renameFields({ mapping, overwrite = false }: RenameOptions): Transformation {
  return perRow('rename', (row) => {
    const renamed = { ...row }
    for (const [from, to] of Object.entries(mapping)) {
      if (from === to || !(from in renamed) || (to in renamed && !overwrite)) continue
      renamed[to] = renamed[from]
      delete renamed[from]
    }
    return renamed
  })
}
