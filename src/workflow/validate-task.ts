import { SygraError } from '../errors.ts'
import { checkProbableVariables } from './config/check-state-keys.ts'
import { defineWorkflow, type WorkflowDefinition, type WorkflowDraft } from './define-workflow.ts'
import { gather } from './gather.ts'
import { GuardedModels } from './limits/guarded-models.ts'
import { readTask, readTaskData, type TaskChoice } from './load-task.ts'
import { problemsWithoutCost } from './models/availability.ts'
import { readEnvironmentFile } from './models/environment-file.ts'
import { loadModels } from './models/load-models.ts'
import { createModelFinder } from './run/prepare/prepare-nodes.ts'
import { prepareParts } from './run/prepare/prepare-run.ts'
import { DataSource } from './sources/data-source.ts'

// Nothing is asked of it: with an address no model needs a key.
const noModels = 'http://127.0.0.1:9/v1'

export interface ValidateOptions {
  /** False leaves out whether there are keys and addresses for the models; true by default. */
  readonly needsKeys?: boolean
  /** Asks the services whether the models can be called, where that costs nothing; false by default. */
  readonly asksServices?: boolean
}

/** A task that can be run, and what is to be said of it all the same. */
export interface ValidatedTask extends WorkflowDefinition {
  readonly warnings: readonly string[]
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
): Promise<ValidatedTask> {
  const simulatorUrl = needsKeys ? undefined : noModels
  const draft = await readWhole(task, { choice, simulatorUrl })
  const defining = defineWorkflow(draft)
  const common = { options: {}, simulatorUrl, signal: new AbortController().signal }
  const preparing = defining.then(
    // A run without data makes records of its own, of which nothing but their number is known.
    (definition) => prepareParts(definition, { ...common, source: definition.source ?? DataSource.none(1) }),
    // What is wrong with the data says nothing about the rest.
    () => prepareParts({ ...draft, source: undefined, sinks: [] }, { ...common, source: undefined }),
  )
  const [definition, { models, slips }] = await gather([defining, preparing])
  const problems = asksServices ? await problemsWithoutCost(models.clients, common.signal) : []
  if (problems.length > 0) throw new SygraError('model_unavailable', problems.join('\n'))
  return { ...definition, warnings: [...slips, ...unusableModels(draft.directory)] }
}

/** Reads a task; when its configuration is wrong, tells what is wrong with its data, its variables and its models as well. */
async function readWhole(
  task: string,
  { choice, simulatorUrl }: { readonly choice: TaskChoice; readonly simulatorUrl: string | undefined },
): Promise<WorkflowDraft> {
  try {
    return readTask(task, choice)
  } catch (error) {
    if (!(error instanceof SygraError) || error.code === 'not_found') throw error
    const { models, value, ...draft } = readTaskData(task, choice)
    const find = createModelFinder({ directory: draft.directory, simulatorUrl, models: new GuardedModels() })
    await gather([
      Promise.reject(error),
      defineWorkflow(draft).then(async ({ source }) => {
        const { columns } = (await source?.check()) ?? {}
        const hasData = source !== undefined
        const known = hasData ? columns : []
        if (known !== undefined) checkProbableVariables(value, [...known, 'id'], draft.origin, { hasData })
      }),
      ...models.map((name) => find({ name })),
    ])
    throw error
  }
}

/** Entries of models.yaml that no run can use; the task does not name them. */
function unusableModels(directory: string): readonly string[] {
  const entries = Object.entries(loadModels({ directory, environment: readEnvironmentFile() }))
  const names = entries.flatMap(([alias, entry]) => (entry instanceof SygraError ? [alias] : []))
  if (names.length === 0) return []
  const models = names.length === 1 ? 'a model' : `${names.length} models`
  return [`models.yaml has ${models} that cannot be used here, and the task does not: ${names.join(', ')}`]
}
