/**
 * The one door from a run up to the processes that do its records: `distributed` stands above `workflow`, which loads it
 * only for a run that has workers.
 */
export async function loadWorkers() {
  const { openWorkers } = await import('./distributed/open-workers.ts')
  return openWorkers
}
