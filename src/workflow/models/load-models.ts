import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { SygraError } from '../../errors.ts'
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
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  const [broken] = document.errors
  if (broken !== undefined) {
    throw new SygraError('bad_config', `${at(broken.pos[0])}: not valid YAML: ${broken.message.split('\n')[0]}`)
  }
  const parsed = modelsFileSchema.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    const node = nodeAt(document, issue.path)
    return `${at(node?.range?.[0] ?? 0)}: ${issue.path.join('.')}: ${issue.message}`
  })
  throw new SygraError('bad_config', problems.join('\n'))
}

// A key that is missing has no place of its own: the nearest node above it is shown.
function nodeAt(document: ReturnType<typeof parseDocument>, path: z.core.$ZodIssue['path']) {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (typeof node === 'object' && node !== null && 'range' in node)
      return node as { range?: [number, number, number] }
  }
  return undefined
}
