import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadTask } from '../../src/workflow/load-task.ts'
import type { RunOptions, RunResult } from '../../src/workflow/run/run-options.ts'
import { runWorkflow } from '../../src/workflow/run/run-workflow.ts'
import { DataSource } from '../../src/workflow/sources/data-source.ts'
import { scratchFolder } from './scratch-folder.ts'

/** Rehearses an example as `sygra run --task examples.NAME --simulate` does, in a folder of its own. */
export async function runExample(
  name: string,
  {
    sample,
    hasAnswers = true,
    ...options
  }: RunOptions & {
    readonly sample?: string
    /** False for an example whose rehearsal needs no answers of its own, such as pictures. */
    readonly hasAnswers?: boolean
  } = {},
): Promise<RunResult> {
  const definition = await loadTask(`tasks/examples/${name}`)
  const source = sample === undefined ? definition.source : DataSource.disk(join(definition.directory, sample))
  if (hasAnswers && !existsSync(join(definition.directory, 'simulator.ts'))) {
    throw new Error(`${name} has no answers for a rehearsal`)
  }
  return runWorkflow(
    { ...definition, source },
    { simulate: { timeScale: 0 }, outputDir: await scratchFolder(), ...options },
  )
}
