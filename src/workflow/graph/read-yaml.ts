import { LineCounter, parseDocument } from 'yaml'
import { messageOf, SygraError } from '../../errors.ts'
import type { ConfigOrigin } from './config-issue.ts'
import { locateInYaml } from './yaml-positions.ts'

/** What a YAML file says, and where each part of it stands. */
export interface YamlFile {
  readonly value: unknown
  readonly origin: ConfigOrigin
}

/**
 * Reads the text of a YAML file.
 *
 * @param path the file as errors name it.
 * @throws SygraError `bad_config` with a line for each place that is no YAML.
 */
export function readYaml(text: string, path: string): YamlFile {
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
  const locate: ConfigOrigin['locate'] = (place, target) => locateInYaml({ document, lineCounter, text }, place, target)
  try {
    return { value: document.toJS(), origin: { path, locate } }
  } catch (error) {
    throw new SygraError('bad_config', `${path}: ${messageOf(error)}`, { cause: error })
  }
}
