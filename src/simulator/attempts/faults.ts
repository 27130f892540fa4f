import { oneOf, type Random, randomOf } from '../../seeded-random.ts'
import type { SimulatorSettings } from '../settings.ts'

/** How an attempt goes wrong. */
export type Fault = Refusal | BodyFault

/** A fault before the model saw the request. */
export type Refusal =
  | { readonly type: 'rate-limit' }
  | { readonly type: 'server-error'; readonly status: 500 | 502 | 503 }
  | { readonly type: 'drop'; readonly dropPoint: 'before-headers' }

/** A fault in the middle of an answer that began with status 200. */
export type BodyFault = { readonly type: 'drop'; readonly dropPoint: 'in-body' } | { readonly type: 'broken-json' }

/** True for a fault that comes instead of an answer. */
export function isRefusal(fault: Fault | undefined): fault is Refusal {
  return fault !== undefined && !isBodyFault(fault)
}

function isBodyFault(fault: Fault): fault is BodyFault {
  return fault.type === 'broken-json' || (fault.type === 'drop' && fault.dropPoint === 'in-body')
}

/**
 * The fault of the `seen`-th arrival of a request (counted from 0), or undefined when it is answered. It is a function of
 * its arguments alone, so that neither order nor concurrency changes which attempts fail.
 */
export function faultOf({ settings, drawKey, seen }: FaultPlace): Fault | undefined {
  // One arrival in every `maxFaultsPerCall + 1` is spared: so many faults in a row are the most there can be.
  if (seen % (settings.maxFaultsPerCall + 1) === settings.maxFaultsPerCall) return undefined
  const random = randomOf(settings.seed, drawKey, seen, 'fault')
  return chooseFault(settings, random)
}

interface FaultPlace {
  readonly settings: SimulatorSettings
  readonly drawKey: string
  readonly seen: number
}

function chooseFault(settings: SimulatorSettings, random: Random): Fault | undefined {
  let drawn = random()
  if (drawn < settings.rateLimitRate) return { type: 'rate-limit' }
  drawn -= settings.rateLimitRate
  if (drawn < settings.serverErrorRate) return { type: 'server-error', status: oneOf([500, 502, 503] as const, random) }
  drawn -= settings.serverErrorRate
  if (drawn < settings.dropRate) {
    return random() < 0.5 ? { type: 'drop', dropPoint: 'before-headers' } : { type: 'drop', dropPoint: 'in-body' }
  }
  drawn -= settings.dropRate
  return drawn < settings.brokenJsonRate ? { type: 'broken-json' } : undefined
}
