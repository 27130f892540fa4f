import type { GraphOutline } from '../../metadata/event.ts'
import { outlineOf } from '../config/draw-graph.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { kindOf } from '../nodes/node-kinds.ts'
import { subgraphDefinition } from './prepare-graph.ts'

type Subgraphs = NonNullable<GraphOutline['subgraphs']>

/** The graph of a run as its account keeps it, with what is within the nodes that are tasks of their own. */
export async function runOutlineOf(definition: WorkflowDefinition): Promise<GraphOutline> {
  // They were loaded when the run was prepared; should one be gone by now, the picture lacks it and the run goes on.
  const subgraphs = await subgraphsOf(definition, { within: [], prefix: '' }).catch(() => [])
  return { ...outlineOf(definition.config), ...(subgraphs.length === 0 ? {} : { subgraphs }) }
}

async function subgraphsOf(
  definition: WorkflowDefinition,
  { within, prefix }: { readonly within: readonly string[]; readonly prefix: string },
): Promise<Subgraphs> {
  const found = Object.entries(definition.config.graph_config.nodes).map(async ([node, config]): Promise<Subgraphs> => {
    const task = kindOf(config).innerTask?.(config)
    if (task === undefined) return []
    const name = prefix + node
    const inner = await subgraphDefinition(task, { where: name, outer: definition, within })
    const { nodes, edges } = outlineOf(inner.config)
    const whole = (place: string) => (place === 'START' || place === 'END' ? place : `${name}.${place}`)
    const own = {
      name,
      nodes: nodes.map((each) => ({ ...each, name: whole(each.name) })),
      edges: edges.map((edge) => ({ ...edge, from: whole(edge.from), to: whole(edge.to) })),
    }
    const deeper = await subgraphsOf(inner, { within: [...within, definition.taskName], prefix: `${name}.` })
    return [own, ...deeper]
  })
  return (await Promise.all(found)).flat()
}
