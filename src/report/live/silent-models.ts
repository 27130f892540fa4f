import type { RequestEnd } from '../../metadata/event.ts'
import { signOf, wordOf } from '../../metadata/events/request-failure.ts'
import { errorName } from '../run/error-meaning.ts'
import { formatQuantity, formatSeconds } from '../text/format-values.ts'
import { safeText } from '../text/safe-text.ts'
import type { Cell } from '../text/section.ts'

/** The requests to a model that have failed in a row because nobody answers, or nobody who is well. */
interface Silence {
  failures: number
  readonly sinceMs: number
  lastWord: string
}

/** Models that do not answer at the moment, by name. */
export type SilentModels = Map<string, Silence>

/** So many failures in a row are worth a word: a retry or two are nothing. */
const worthAWord = 5

/** Takes in how a request ended, at `nowMs`. */
export function updateSilentModels(models: SilentModels, request: RequestEnd, nowMs: number): void {
  const { model } = request
  const sign = signOf(request)
  if (sign === undefined) return
  // A model that refuses is there.
  if (sign !== 'trouble') {
    models.delete(model)
    return
  }
  const silence = models.get(model) ?? { failures: 0, sinceMs: nowMs, lastWord: '' }
  silence.failures += 1
  silence.lastWord = wordOf(request)
  models.set(model, silence)
}

/** What is to be said of the models that do not answer; nothing as a rule. */
export function silenceSegments(models: SilentModels, nowMs: number): Cell[] {
  return [...models]
    .filter(([, { failures }]) => failures >= worthAWord)
    .map(([model, { failures, sinceMs, lastWord }]) => {
      const row = `${formatQuantity(failures, 'request')} in a row failed for ${formatSeconds((nowMs - sinceMs) / 1000)}`
      return { text: `${safeText(model)}: ${row}, the last with ${safeText(errorName(lastWord))}`, tone: 'bad' }
    })
}
