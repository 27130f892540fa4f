import { checkGraphConfig } from './check-graph-config.ts'
import type { ConfigOrigin } from './config-issue.ts'
import type { GraphConfig } from './graph-config.ts'
import { readYaml } from './read-yaml.ts'

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
  const { value, origin } = readYaml(text, path)
  return { config: checkGraphConfig(value, origin), ...origin }
}
