import { placeText } from '../config/config-issue.ts'
import type { FunctionReference } from '../config/function-reference.ts'
import { isConditional } from '../config/topology/edge-config.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { gather } from '../gather.ts'
import type { State } from '../graph/state.ts'
import type { FunctionLoader } from '../module-loader.ts'
import type { UserFunction } from '../nodes/node-kind.ts'

/** Says which path a condition takes. */
export type Decide = (edge: { readonly condition: FunctionReference }, state: State) => Promise<string>

/** Loads the conditions of a workflow's edges. */
export async function prepareDecisions({ config, origin }: WorkflowDefinition, load: FunctionLoader): Promise<Decide> {
  const edges = config.graph_config.edges ?? []
  const loaded = edges.map(async (edge, index) => {
    if (!isConditional(edge)) return []
    const path = ['graph_config', 'edges', index, 'condition']
    return [[edge.condition, (await load(edge.condition, placeText({ path }, origin))) as UserFunction] as const]
  })
  const conditions = new Map<FunctionReference, UserFunction>((await gather(loaded)).flat())
  return async ({ condition }, state) => String(await conditions.get(condition)?.(state))
}
