import { SygraError } from '../../errors.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { simulatorSettings } from '../../simulator/settings.ts'
import type { AnswerFolder } from '../cache/answer-folder.ts'
import { cacheSettingsOf } from '../cache/cache-choice.ts'
import { digestOwnAnswers } from './own-answers.ts'
import type { PastRun } from './past/past-run.ts'
import type { PreparedRun } from './prepare/prepare-run.ts'
import type { RunOptions } from './run-options.ts'

/** What is to be done when a run that keeps answers has ended. */
export interface CachedRun {
  /** Waits until nothing is left to be done in the folder. */
  readonly close: () => Promise<void>
}

interface CheckedRun {
  readonly prepared: PreparedRun
  readonly options: RunOptions
}

/**
 * The folder in which a run keeps answers, made and looked through; undefined for a run that keeps none.
 *
 * @throws SygraError `not_writable`; `bad_argument` for a run whose records other processes do.
 */
export async function checkedCache({ prepared, options }: CheckedRun): Promise<AnswerFolder | undefined> {
  const { directory, config } = prepared.definition
  const settings = cacheSettingsOf(options.cache, { config: config.cache, directory })
  if (settings === undefined) return undefined
  if (options.workers !== undefined) {
    throw new SygraError(
      'bad_argument',
      'the processes of a run (`workers`) do not share answers that are kept (`cache`, or `cache:` of the task): leave one of them out',
    )
  }
  const { AnswerFolder } = await import('../cache/answer-folder.ts')
  const onProblem = (message: string) => options.onNotice?.(`WARNING: ${message}`)
  const folder = new AnswerFolder(settings.directory, { maxBytes: settings.maxBytes, onProblem })
  folder.open()
  return folder
}

interface CacheRunOptions extends CheckedRun {
  readonly folder: AnswerFolder
  readonly past: PastRun | undefined
  readonly collector: MetadataCollector
}

/** Puts the answers that are kept before the models of a run. */
export async function cacheRun({ folder, prepared, options, past, collector }: CacheRunOptions): Promise<CachedRun> {
  const { AnswerCache } = await import('../cache/answer-cache.ts')
  const cache = new AnswerCache({
    folder,
    simulation: simulationOf(options, prepared.definition.directory),
    slots: past?.slots,
  })
  prepared.models.cache = cache
  collector.onEvent(cache.take)
  return { close: () => cache.close() }
}

/** Of the settings of a simulator those that shape its answers, and its own answers: times and faults do not. */
function simulationOf({ simulate }: RunOptions, taskDirectory: string): string | undefined {
  if (simulate === undefined || simulate === false) return undefined
  if (typeof simulate === 'string') return simulate
  const { port: _port, answers: _answers, onRequest: _onRequest, ...given } = simulate === true ? {} : simulate
  const parsed = simulatorSettings.safeParse(given)
  const own = digestOwnAnswers({ simulate }, taskDirectory)
  if (!parsed.success) return JSON.stringify([given, own])
  const { seed, answerTokens, answerTokensSigma, reasoningTokens, cacheHitRate, ignoresWording } = parsed.data
  return JSON.stringify([seed, answerTokens, answerTokensSigma, reasoningTokens, cacheHitRate, ignoresWording, own])
}
