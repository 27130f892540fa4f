import { defineWorkflow } from './define-workflow.ts'
import type { WorkflowDefinition } from './definition.ts'
import { gather } from './gather.ts'
import { readTask } from './load-task.ts'
import { prepareParts } from './run/prepare-parts.ts'

// Nothing is asked of it: with an address no model needs a key.
const noModels = 'http://127.0.0.1:9/v1'

/**
 * Checks a task as a run would before its first request: configuration, functions, models and their keys, data. Nothing is
 * sent and nothing is written.
 *
 * @param options `needsKeys: false` leaves out whether the models can be reached at all.
 * @throws SygraError with a line for everything that is wrong.
 */
export async function validateTask(
  task: string,
  { needsKeys = true }: { readonly needsKeys?: boolean } = {},
): Promise<WorkflowDefinition> {
  const draft = readTask(task)
  const defining = defineWorkflow(draft)
  const simulatorUrl = needsKeys ? undefined : noModels
  const common = { options: {}, simulatorUrl, signal: new AbortController().signal }
  const preparing = defining.then(
    (definition) => prepareParts(definition, { ...common, source: definition.source }),
    // What is wrong with the data says nothing about the rest.
    () => prepareParts({ ...draft, source: undefined, sinks: [] }, { ...common, source: undefined }),
  )
  const [definition] = await gather([defining, preparing])
  return definition
}
