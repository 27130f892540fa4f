import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AnswerFunction } from '../../simulator/answer.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { createFunctionLoader } from '../module-loader.ts'
import type { RunOptions } from './run-options.ts'

/** A provider that answers in place of the real ones while a run rehearses. */
export interface Simulation {
  readonly url: string | undefined
  readonly close: () => Promise<void>
}

/** Starts the simulator of a run, with the answers in the task's `simulator.ts` where it has one. */
export async function startSimulation(
  { directory }: WorkflowDefinition,
  { simulate }: RunOptions,
): Promise<Simulation> {
  if (simulate === undefined || simulate === false) return { url: undefined, close: async () => {} }
  if (typeof simulate === 'string') return { url: simulate, close: async () => {} }
  const { startSimulator } = await import('../../simulator/simulator.ts')
  const options = simulate === true ? {} : simulate
  const answers = options.answers ?? taskAnswers(directory)
  const simulator = await startSimulator({ ...options, answers })
  return { url: simulator.url, close: simulator.close }
}

/** The answers of the task's `simulator.ts`; loaded with the first request, so that the data has been checked by then. */
function taskAnswers(directory: string): AnswerFunction | undefined {
  if (!existsSync(join(directory, 'simulator.ts'))) return undefined
  let loading: Promise<AnswerFunction> | undefined
  return async (request, context) => {
    loading ??= createFunctionLoader(directory)('./simulator.ts#answer', 'simulator.ts') as Promise<AnswerFunction>
    const answer = await loading
    return answer(request, context)
  }
}
