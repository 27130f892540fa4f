import { existsSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { type Document, isMap, isScalar, isSeq, visit, YAMLMap } from 'yaml'
import { placesOfParameters } from '../nodes/chat/model-block.ts'
import { entriesOf } from './python-reference.ts'

/**
 * Changes the keys of a configuration that have another name or place here; comments stay. Gives a line for each change.
 *
 * @param root the folder that paths in the Python system start at.
 * @param directory the folder of the Python task.
 */
export function renameInYaml(
  document: Document,
  { root, directory }: { readonly root: string; readonly directory: string },
): readonly string[] {
  const changes: string[] = []
  for (const [name, node] of entriesOf(document.getIn(['graph_config', 'nodes']))) {
    if (!isMap(node)) continue
    for (const block of [node.get('model'), ...entriesOf(node.get('models')).map(([, each]) => each)]) {
      if (isMap(block)) changes.push(...moveParameters(block, name))
    }
    if (node.has('output_key') && !node.has('output_keys')) {
      renameKey(node, 'output_key', 'output_keys')
      changes.push(`node "${name}": output_key is output_keys`)
    }
  }
  visit(document, {
    Pair(_key, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'file_path') return
      for (const scalar of isSeq(pair.value) ? pair.value.items : [pair.value]) {
        if (!isScalar(scalar) || typeof scalar.value !== 'string') continue
        const own = pathInTask(scalar.value, { root, directory })
        if (own === undefined) continue
        changes.push(`file_path ${scalar.value} is ${own}, relative to the task`)
        scalar.value = own
      }
    },
  })
  return changes
}

/** Parameters that stand beside the name of a model are sent when they stand under `parameters`. */
function moveParameters(block: YAMLMap, node: string): readonly string[] {
  const moved = entriesOf(block).filter(([key]) => placesOfParameters.has(key))
  if (block.has('provider')) block.delete('provider')
  if (moved.length === 0) return []
  const own = block.get('parameters')
  const parameters = isMap(own) ? own : new YAMLMap()
  for (const [key, value] of moved) {
    parameters.set(key, value)
    block.delete(key)
  }
  block.set('parameters', parameters)
  return [`node "${node}": ${moved.map(([key]) => key).join(', ')} of its model stands under parameters`]
}

function renameKey(map: YAMLMap, from: string, to: string): void {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === from)
  if (pair !== undefined && isScalar(pair.key)) pair.key.value = to
}

/** A path within the task's own folder, relative to that; undefined for a path elsewhere. */
function pathInTask(path: string, { root, directory }: { readonly root: string; readonly directory: string }) {
  const absolute = resolve(root, path)
  const own = relative(directory, absolute)
  if (own.startsWith('..') || existsSync(join(directory, path))) return undefined
  return own.split(sep).join('/')
}
