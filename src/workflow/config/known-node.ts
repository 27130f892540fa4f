import type { NodeKind, NodeWrites, TemplateVariable } from '../nodes/node-kind.ts'
import { kindNamed, kindNames, kindOf, type NodeConfig } from '../nodes/node-kinds.ts'
import { nearestName } from './nearest-name.ts'
import { isPlainMap } from './plain-map.ts'

/** What the check of variables knows of a node. */
export interface KnownNode {
  readonly isIdle: boolean
  readonly writes: NodeWrites
  /** The variables of its templates that must be there before it runs. */
  readonly variables: readonly TemplateVariable[]
}

/** A node that was checked. One that has a `pre_process` is given what it needs by that. */
export function knownNodeOf(config: NodeConfig): KnownNode {
  const isPrepared = 'pre_process' in config && config.pre_process !== undefined
  const kind = kindOf(config)
  return {
    isIdle: config.node_state === 'idle',
    writes: kind.writes(config),
    variables: isPrepared ? [] : (kind.variables?.(config) ?? []),
  }
}

/**
 * A node that may be wrong, taken as it was probably meant: names that are nearly right are right, and what cannot be read is
 * left out. Where that leaves open what the node writes or needs, it may write anything and needs nothing, so that nothing is
 * told of that is not wrong.
 */
export function probableNode(settings: unknown): KnownNode {
  const kind = isPlainMap(settings) ? probableKind(settings.node_type) : undefined
  if (kind === undefined || !isPlainMap(settings)) return anyNode
  const given = { ...settings, node_type: kind.schema.shape.node_type.value }
  const parsed = kind.schema.safeParse(given)
  if (parsed.success) return knownNodeOf(parsed.data as NodeConfig)
  const { mended, lost, nameGiven } = mend(given, kind, parsed.error.issues)
  const again = kind.schema.safeParse(mended)
  if (!again.success) return anyNode
  const { isIdle, writes, variables } = knownNodeOf(again.data as NodeConfig)
  // A model may say what its node writes where the node does not.
  const isHarmless = (key: string) => key === 'prompt' || (key === 'model' && mended.output_keys !== undefined)
  const areAllKnown = writes.areAllKnown && lost.every(isHarmless)
  return {
    isIdle,
    writes: { ...writes, areAllKnown },
    variables: lost.includes('pre_process')
      ? []
      : variables.map((each) => ({
          ...each,
          path: each.path.map((step, depth) => (depth === 0 ? nameGiven(String(step)) : step)),
        })),
  }
}

const anyNode: KnownNode = { isIdle: false, writes: { keys: [], areAllKnown: false }, variables: [] }

function probableKind(type: unknown): NodeKind<NodeConfig> | undefined {
  return kindNamed(type) ?? (typeof type === 'string' ? kindNamed(nearestName(type, kindNames)) : undefined)
}

type Issues = readonly {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly keys?: readonly string[]
}[]

/** Settings without what is wrong with them. */
function mend(given: Readonly<Record<string, unknown>>, { schema }: NodeKind<NodeConfig>, issues: Issues) {
  const known = Object.keys(schema.shape)
  const mended: Record<string, unknown> = { ...given }
  const lost: string[] = []
  const givenNames = new Map<string, string>()
  for (const { code, path, keys = [] } of issues) {
    const isUnknown = code === 'unrecognized_keys' && path.length === 0
    for (const key of isUnknown ? keys : [String(path[0])]) {
      delete mended[key]
      const meant = isUnknown ? nearestName(key, known) : undefined
      if (meant === undefined || meant in given) {
        if (!isUnknown) lost.push(key)
        continue
      }
      mended[meant] = given[key]
      givenNames.set(meant, key)
    }
  }
  // Which model is asked matters to nothing that is looked at here.
  if (known.includes('model') && mended.model === undefined) mended.model = { name: 'unknown' }
  return { mended, lost, nameGiven: (name: string) => givenNames.get(name) ?? name }
}
