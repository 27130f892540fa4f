import type { Worker, WorkerOptions } from './distributed/start-worker.ts'

/**
 * The one door from a run up to the processes that do its records: `distributed` stands above `workflow`, which loads it
 * only for a run that has workers.
 */
export async function loadWorkers() {
  const { openWorkers } = await import('./distributed/open-workers.ts')
  return openWorkers
}

/**
 * Waits at a Redis for runs of tasks that this machine has, and does records of each in a process of its own, so that every
 * run has the code that lies here then.
 *
 * @throws SygraError `bad_argument` when the Redis cannot be reached, `missing_package` without `ioredis`.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const host = await import('./distributed/start-worker.ts')
  return host.startWorker(options)
}
