import { LineCounter, parseDocument } from 'yaml'
import { messageOf, SygraError } from '../../errors.ts'
import { checkGraphConfig } from './check-graph-config.ts'
import type { ConfigOrigin } from './config-issue.ts'
import type { GraphConfig } from './graph-config.ts'
import { locateInYaml, type YamlSource } from './yaml-positions.ts'

/** A configuration, and where each part of it stands in its file. */
export interface LoadedGraphConfig extends ConfigOrigin {
  readonly config: GraphConfig
}

/**
 * Reads the text of a `graph_config.yaml` and checks it, its graph included.
 *
 * @param path the file as errors name it.
 * @throws SygraError with one line for each problem: `file:line:column: what was found; expected …; did you mean …?`
 */
export function parseGraphConfig(text: string, path: string): LoadedGraphConfig {
  const source = readYaml(text, path)
  const origin: ConfigOrigin = { path, locate: (place, target) => locateInYaml(source, place, target) }
  return { config: checkGraphConfig(plainValueOf(source, path), origin), ...origin }
}

function readYaml(text: string, path: string): YamlSource {
  const lineCounter = new LineCounter()
  // Merge keys (`<<`) are read as the Python system reads them; repeated keys are errors.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true })
  if (document.errors.length > 0) {
    const lines = document.errors.map(({ pos, message }) => {
      const { line, col } = lineCounter.linePos(pos[0])
      return `${path}:${Math.max(1, line)}:${Math.max(1, col)}: broken YAML: ${message}`
    })
    throw new SygraError('bad_config', lines.join('\n'))
  }
  return { document, lineCounter, text }
}

function plainValueOf({ document }: YamlSource, path: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new SygraError('bad_config', `${path}: ${messageOf(error)}`, { cause: error })
  }
}
