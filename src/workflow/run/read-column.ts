import { SygraError } from '../../errors.ts'
import { didYouMean } from '../config/nearest-name.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import type { ModuleLoader } from '../module-loader.ts'
import { DataSource } from '../sources/data-source.ts'
import { sourceFromConfig } from '../sources/source-from-config.ts'

/**
 * The values of a column, of a source of its own or of the data of the task.
 *
 * @throws SygraError `bad_config` when there is no source, `bad_data` when no record has the column.
 */
export async function readColumn(
  { column, source }: { readonly column: string; readonly source?: unknown },
  {
    definition,
    where,
    modules,
  }: { readonly definition: WorkflowDefinition; readonly where: string; readonly modules: ModuleLoader },
): Promise<readonly unknown[]> {
  const from = source === undefined ? definition.source : await sourceOf(source, { definition, where, modules })
  if (from === undefined) {
    throw new SygraError('bad_config', `${where}: values of column "${column}" need a source, as the task has no data`)
  }
  const values: unknown[] = []
  const columns = new Set<string>()
  for await (const row of from.rows({ isPreview: true })) {
    if (Object.hasOwn(row, column)) values.push(row[column])
    else for (const name of Object.keys(row)) columns.add(name)
  }
  if (values.length > 0) return values
  const known = [...columns]
  const hint = didYouMean(column, known) || (known.length > 0 ? `; it has ${known.join(', ')}` : '; it is empty')
  throw new SygraError('bad_data', `${where}: the source has no column "${column}"${hint}`)
}

async function sourceOf(
  source: unknown,
  { definition, where, modules }: Parameters<typeof readColumn>[1],
): Promise<DataSource> {
  if (source instanceof DataSource) return source
  return sourceFromConfig(source, {
    directory: definition.directory,
    load: (reference) => modules.export(reference, `${where}: source`),
  })
}
