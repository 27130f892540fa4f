import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SygraError } from '../../errors.ts'
import { throwIssues } from '../graph/config-issue.ts'
import { readYaml } from '../graph/read-yaml.ts'
import { schemaIssuesOf } from '../graph/schema-issues.ts'
import { type ModelsFile, modelsFileSchema } from './models-config.ts'

/**
 * The models known to a task: `models.yaml` in its folder, then in the working directory, then the file that
 * `SYGRA_CUSTOM_MODELS_PATH` names. An alias in an earlier one goes before the same alias in a later one.
 *
 * @throws SygraError `bad_config` with file, line and column.
 */
export function loadModels({
  directory,
  environment,
}: {
  directory: string | undefined
  environment: Readonly<Record<string, string | undefined>>
}): ModelsFile {
  const custom = environment.SYGRA_CUSTOM_MODELS_PATH
  if (custom !== undefined && !existsSync(custom)) {
    throw new SygraError('not_found', `SYGRA_CUSTOM_MODELS_PATH names ${custom}, which does not exist`)
  }
  const inTask = directory === undefined ? [] : [join(directory, 'models.yaml')]
  const paths = [...inTask, 'models.yaml', ...(custom === undefined ? [] : [custom])]
  const files = paths.filter((path) => existsSync(path)).map((path) => parseModels(readFileSync(path, 'utf8'), path))
  return Object.assign({}, ...files.reverse())
}

/** Checks the text of a `models.yaml`. */
export function parseModels(text: string, path: string): ModelsFile {
  const { value, origin } = readYaml(text, path)
  const models = value ?? {}
  const parsed = modelsFileSchema.safeParse(models)
  if (parsed.success) return parsed.data
  throwIssues(schemaIssuesOf(parsed.error.issues, models), origin)
  return {}
}
