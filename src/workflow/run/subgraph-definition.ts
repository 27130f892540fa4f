import { join } from 'node:path'
import { messageOf, SygraError } from '../../errors.ts'
import { checkGraphConfig } from '../config/check-graph-config.ts'
import type { DefinesWorkflow, WorkflowDefinition } from '../define-workflow.ts'
import { loadTask } from '../load-task.ts'
import type { InnerTask } from '../nodes/node-kind.ts'
import { overrideNodes } from '../nodes/subgraph/override-nodes.ts'

/**
 * The task of a subgraph node with the node's overrides in it. `./name` and `../name` are relative to the outer task.
 *
 * @throws SygraError `bad_config` for a task that contains itself and for overrides that do not fit, with the place.
 */
export async function subgraphDefinition(
  { subgraph, node_config_map: overrides = {} }: InnerTask,
  {
    where,
    outer,
    within,
  }: { readonly where: string; readonly outer: WorkflowDefinition; readonly within: readonly string[] },
): Promise<WorkflowDefinition> {
  const inner = await loadInner(subgraph, outer, where)
  const chain = [...within, outer.taskName]
  if (chain.includes(inner.taskName)) {
    throw new SygraError(
      'bad_config',
      `${where}: the task contains itself: ${[...chain, inner.taskName].join(' > ')}; expected another task`,
    )
  }
  if (Object.keys(overrides).length === 0) return inner
  try {
    return { ...inner, config: checkGraphConfig(overrideNodes(inner.config, overrides)) }
  } catch (error) {
    if (!(error instanceof SygraError)) throw error
    throw new SygraError(error.code, `${where}: node_config_map: ${messageOf(error)}`, { cause: error })
  }
}

async function loadInner(
  subgraph: InnerTask['subgraph'],
  outer: WorkflowDefinition,
  where: string,
): Promise<WorkflowDefinition> {
  if (typeof subgraph === 'string') {
    const isRelative = /^\.\.?\//.test(subgraph)
    return loadTask(isRelative ? join(outer.directory, subgraph) : subgraph)
  }
  if (definesWorkflow(subgraph)) return subgraph.definition()
  throw new SygraError('bad_config', `${where}: subgraph: found an object; expected the name of a task or a Workflow`)
}

function definesWorkflow(value: object): value is DefinesWorkflow {
  return 'definition' in value && typeof value.definition === 'function'
}
