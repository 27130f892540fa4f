import { SygraError } from '../errors.ts'
import { defineWorkflow, type WorkflowDefinition } from './define-workflow.ts'
import { gather } from './gather.ts'
import { readTask, type TaskChoice } from './load-task.ts'
import { problemsWithoutCost } from './models/availability.ts'
import { prepareParts } from './run/prepare-run.ts'

// Nothing is asked of it: with an address no model needs a key.
const noModels = 'http://127.0.0.1:9/v1'

export interface ValidateOptions {
  /** False leaves out whether there are keys and addresses for the models; true by default. */
  readonly needsKeys?: boolean
  /** Asks the services whether the models can be called, where that costs nothing; false by default. */
  readonly asksServices?: boolean
}

/**
 * Checks a task as a run would before its first request: configuration, functions, models and their keys, data. Nothing is
 * written, and unless the services are to be asked nothing is sent.
 *
 * @throws SygraError with a line for everything that is wrong.
 */
export async function validateTask(
  task: string,
  { needsKeys = true, asksServices = false, ...choice }: ValidateOptions & TaskChoice = {},
): Promise<WorkflowDefinition> {
  const draft = readTask(task, choice)
  const defining = defineWorkflow(draft)
  const simulatorUrl = needsKeys ? undefined : noModels
  const common = { options: {}, simulatorUrl, signal: new AbortController().signal }
  const preparing = defining.then(
    (definition) => prepareParts(definition, { ...common, source: definition.source }),
    // What is wrong with the data says nothing about the rest.
    () => prepareParts({ ...draft, source: undefined, sinks: [] }, { ...common, source: undefined }),
  )
  const [definition, { models }] = await gather([defining, preparing])
  const problems = asksServices ? await problemsWithoutCost(models.clients, common.signal) : []
  if (problems.length > 0) throw new SygraError('model_unavailable', problems.join('\n'))
  return definition
}
