import type { WorkflowDefinition } from '../definition.ts'
import type { FunctionLoader } from '../function-loader.ts'
import { placeText } from '../graph/config-issue.ts'
import { isConditional } from '../graph/edge-config.ts'
import type { FunctionReference } from '../graph/function-reference.ts'
import type { State } from '../graph/state.ts'
import type { UserFunction } from '../nodes/node-parts.ts'

/** Says which path a condition takes. */
export type Decide = (edge: { readonly condition: FunctionReference }, state: State) => Promise<string>

/** Loads the conditions of a workflow's edges. */
export async function prepareDecisions({ config, origin }: WorkflowDefinition, load: FunctionLoader): Promise<Decide> {
  const conditions = new Map<FunctionReference, UserFunction>()
  for (const [index, edge] of (config.graph_config.edges ?? []).entries()) {
    if (!isConditional(edge)) continue
    const path = ['graph_config', 'edges', index, 'condition']
    conditions.set(edge.condition, (await load(edge.condition, placeText({ path }, origin))) as UserFunction)
  }
  return async ({ condition }, state) => String(await conditions.get(condition)?.(state))
}
