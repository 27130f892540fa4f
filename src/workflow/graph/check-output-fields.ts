import { type ConfigIssue, type ConfigOrigin, throwIssues } from './config-issue.ts'
import type { GraphConfig } from './graph-config.ts'
import { didYouMean, oneOf } from './nearest-name.ts'
import { nodeWritesOf } from './node-writes.ts'

/**
 * Checks that what the output takes is there: state keys that a record has or a node writes, and fields of the records that
 * are preserved. Where a function decides what is written, that is left to the run.
 *
 * @param knownFields the fields that records have.
 * @throws SygraError `unknown_variable`, one line for each.
 */
export function checkOutputFields(config: GraphConfig, knownFields: readonly string[], origin?: ConfigOrigin): void {
  const { output_map: map = {}, preserve_fields: preserved = [] } = config.output_config ?? {}
  const active = Object.values(config.graph_config.nodes).filter(({ node_state: state }) => state !== 'idle')
  const writes = active.map(nodeWritesOf)
  // Every record has an id.
  const keys = [...new Set(['id', ...knownFields, ...writes.flatMap((each) => each.keys)])]
  const areAllKnown = writes.every((each) => each.areAllKnown)
  const missing = Object.entries(map).flatMap(([name, { from }]) =>
    from === undefined || !areAllKnown || keys.includes(from)
      ? []
      : [unknownKey(from, ['output_config', 'output_map', name, 'from'], keys)],
  )
  const gone = preserved.flatMap((name, index) =>
    knownFields.includes(name) ? [] : [unknownKey(name, ['output_config', 'preserve_fields', index], knownFields)],
  )
  throwIssues([...missing, ...gone], origin)
}

function unknownKey(name: string, path: ConfigIssue['path'], known: readonly string[]): ConfigIssue {
  const expected = known.length > 0 ? `expected ${oneOf(known)}${didYouMean(name, known)}` : 'nothing provides any key'
  return {
    code: 'unknown_variable',
    path,
    message: `unknown key "${name}": no record and no node provides it; ${expected}`,
  }
}
