import type { SimulatorOptions } from '../../simulator/simulator.ts'

/** How the run's own simulator behaves, as the command line says it. */
interface SimulateFlags {
  readonly simulate?: boolean | string
  readonly simulateSeed?: number
  readonly simulateFaults?: number
  readonly simulateSpeed?: number
}

/** The simulator that a run rehearses on; false for a run on real models. */
export function simulatorOptionsOf(flags: SimulateFlags): boolean | string | SimulatorOptions {
  const { simulate, simulateSeed: seed, simulateFaults: faults = 0, simulateSpeed: speed = 1 } = flags
  if (typeof simulate === 'string') return simulate
  if (simulate !== true) return false
  return {
    seed,
    // A rehearsal that is to be compared must not change with the wording of a prompt.
    ignoresWording: seed !== undefined,
    timeScale: speed > 0 ? 1 / speed : 0,
    // Rate limits are what people meet most.
    rateLimitRate: faults * 0.5,
    serverErrorRate: faults * 0.3,
    dropRate: faults * 0.1,
    brokenJsonRate: faults * 0.1,
  }
}
