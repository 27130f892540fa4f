import { getHeapStatistics } from 'node:v8'
import workerThreads from 'node:worker_threads'

/** What watches calls, with the price table, takes 7 MB of the heap, and more while it is compiled. */
const neededBytes = 12e6

/** Whether the heap of this thread holds what watches calls: one that was made small would run out, and end the program. */
export function hasRoomToWatch(): boolean {
  const { heap_size_limit: wholeLimit, used_heap_size: used } = getHeapStatistics()
  const { maxOldGenerationSizeMb } = workerThreads.resourceLimits
  // The whole limit of a worker has room for what is young in it too, which nothing that stays can use.
  const limit = maxOldGenerationSizeMb === undefined ? wholeLimit : maxOldGenerationSizeMb * 2 ** 20
  return limit - used >= neededBytes
}
