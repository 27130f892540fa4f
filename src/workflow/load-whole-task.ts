import { SygraError } from '../errors.ts'
import type { WorkflowDefinition } from './define-workflow.ts'
import { loadTask, type TaskChoice } from './load-task.ts'

/**
 * As `loadTask`. Where it cannot be loaded, everything that is wrong with it is told, as `validateTask` does, and not only what
 * is met first.
 *
 * @param needsKeys false leaves out whether there are keys and addresses for the models.
 */
export async function loadWholeTask(
  task: string,
  { needsKeys, ...choice }: TaskChoice & { readonly needsKeys: boolean },
): Promise<WorkflowDefinition> {
  try {
    return await loadTask(task, choice)
  } catch (error) {
    if (!(error instanceof SygraError) || error.code === 'not_found') throw error
    const { validateTask } = await import('./validate-task.ts')
    await validateTask(task, { needsKeys, ...choice })
    throw error
  }
}
