import { setTimeout as sleep } from 'node:timers/promises'
import { logNormal, randomOf } from '../../seeded-random.ts'
import type { SimulatorSettings } from '../settings.ts'

/** When the parts of one attempt are due, in real seconds from its start. */
export interface Timing {
  /** Network and queue: what failed attempts take as well. */
  readonly waitSeconds: number
  readonly firstTokenSeconds: number
  readonly secondsPerToken: number
}

/** The waits of the `seen`-th arrival of a request. */
export function timingOf({ settings, drawKey, seen }: TimingPlace): Timing {
  const random = randomOf(settings.seed, drawKey, seen, 'timing')
  const { timeScale, latencySigma: sigma } = settings
  const waitSeconds = timeScale * logNormal({ mean: settings.latencySeconds, sigma, random })
  return {
    waitSeconds,
    firstTokenSeconds: waitSeconds + timeScale * logNormal({ mean: settings.timeToFirstTokenSeconds, sigma, random }),
    secondsPerToken: settings.tokensPerSecond === 0 ? 0 : timeScale / settings.tokensPerSecond,
  }
}

interface TimingPlace {
  readonly settings: SimulatorSettings
  readonly drawKey: string
  readonly seen: number
}

/** When so many tokens have been produced; the first takes no time of its own. */
export function dueSeconds(timing: Timing, tokens: number): number {
  return timing.firstTokenSeconds + Math.max(0, tokens - 1) * timing.secondsPerToken
}

/** How many of the tokens a model has produced by then. */
export function tokensBy(
  timing: Timing,
  { elapsedSeconds, tokens }: { elapsedSeconds: number; tokens: number },
): number {
  const sinceFirst = elapsedSeconds - timing.firstTokenSeconds
  if (sinceFirst < 0) return 0
  return timing.secondsPerToken === 0 ? tokens : Math.min(tokens, 1 + Math.floor(sinceFirst / timing.secondsPerToken))
}

/** A clock that starts at 0 with the attempt. */
export class Stopwatch {
  private readonly startedAtMs = performance.now()

  get elapsedSeconds(): number {
    return (performance.now() - this.startedAtMs) / 1000
  }

  /** Waits until then, not at all if it is past; false when the signal ended the wait. */
  async waitUntil(seconds: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false
    const leftMs = seconds * 1000 - (performance.now() - this.startedAtMs)
    if (seconds === 0 || leftMs <= 0) return true
    try {
      await sleep(leftMs, undefined, { signal })
      return true
    } catch {
      return false
    }
  }
}
