import type { Simulator, SimulatorOptions } from './simulator.ts'

/** Starts a provider on 127.0.0.1 that speaks OpenAI's chat completions and calls no model; its parts are loaded now. */
export async function startSimulator(options?: SimulatorOptions): Promise<Simulator> {
  const simulator = await import('./simulator.ts')
  return simulator.startSimulator(options)
}
