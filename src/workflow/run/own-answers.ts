import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AnswerFunction } from '../../simulator/answers/answer.ts'
import { createFunctionLoader } from '../module-loader.ts'
import { digestFile, digestValue } from './prepare/run-plan.ts'
import type { RunOptions } from './run-options.ts'

type OwnAnswers =
  | { readonly type: 'none' }
  | { readonly type: 'function'; readonly answers: AnswerFunction }
  | { readonly type: 'file'; readonly path: string }

/** Where a rehearsal has answers of its own from: its options, else the task's `simulator.ts`. */
function ownAnswersOf({ simulate }: Pick<RunOptions, 'simulate'>, directory: string): OwnAnswers {
  if (simulate === undefined || simulate === false || typeof simulate === 'string') return { type: 'none' }
  if (simulate !== true && simulate.answers !== undefined) return { type: 'function', answers: simulate.answers }
  const path = join(directory, 'simulator.ts')
  return existsSync(path) ? { type: 'file', path } : { type: 'none' }
}

/** The own answers of a rehearsal; a file is loaded with the first request, so that the data has been checked by then. */
export function loadOwnAnswers(options: Pick<RunOptions, 'simulate'>, directory: string): AnswerFunction | undefined {
  const own = ownAnswersOf(options, directory)
  if (own.type === 'none') return undefined
  if (own.type === 'function') return own.answers
  let loading: Promise<AnswerFunction> | undefined
  return async (request, context) => {
    loading ??= createFunctionLoader(directory)('./simulator.ts#answer', 'simulator.ts') as Promise<AnswerFunction>
    const answer = await loading
    return answer(request, context)
  }
}

/** A digest of what the own answers of a rehearsal come from: of a function its text; undefined where it has none. */
export function digestOwnAnswers(options: Pick<RunOptions, 'simulate'>, directory: string): string | undefined {
  const own = ownAnswersOf(options, directory)
  switch (own.type) {
    case 'none':
      return undefined
    case 'function':
      return digestValue(own.answers)
    case 'file':
      return digestFile(own.path)
    default:
      return own satisfies never
  }
}
