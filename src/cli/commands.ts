import type { Command } from 'commander'

/** The commands by name; each is loaded when it is called. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).initCommand(),
  port: async () => (await import('./port.ts')).portCommand(),
  run: async () => (await import('./run.ts')).runCommand(),
  worker: async () => (await import('./worker.ts')).workerCommand(),
  validate: async () => (await import('./validate.ts')).validateCommand(),
  graph: async () => (await import('./graph.ts')).graphCommand(),
  estimate: async () => (await import('./estimate.ts')).estimateCommand(),
  show: async () => (await import('./show.ts')).showCommand(),
  runs: async () => (await import('./runs.ts')).runsCommand(),
  watch: async () => (await import('./watch.ts')).watchCommand(),
  compare: async () => (await import('./compare.ts')).compareCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  waste: async () => (await import('./waste.ts')).wasteCommand(),
  recover: async () => (await import('./recover.ts')).recoverCommand(),
  exec: async () => (await import('./exec.ts')).execCommand(),
  cache: async () => (await import('./cache.ts')).cacheCommand(),
  prices: async () => (await import('./prices.ts')).pricesCommand(),
  reprice: async () => (await import('./reprice.ts')).repriceCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  studio: async () => (await import('./studio.ts')).studioCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  completion: async () => (await import('./completion.ts')).completionCommand(loadCommands),
  simulate: async () => (await import('./simulate.ts')).simulateCommand(),
}

/** All commands, in the order of the help. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(commands).map((load) => load()))
}
