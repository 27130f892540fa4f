/**
 * Works on what a source gives, so many at once: whenever one is done the next is taken, so that a slow one holds up
 * nothing but itself. Taken records are finished before an error of the source or of the work goes on. Each takes place
 * in the async context of the caller.
 */
export async function slideOver<Item>(
  items: AsyncIterable<Item>,
  { width, signal, work }: { width: number; signal?: AbortSignal; work: (item: Item, index: number) => Promise<void> },
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]()
  let index = 0
  let isOver = false
  const takeTurns = async () => {
    while (!isOver && signal?.aborted !== true) {
      const { done, value } = await iterator.next()
      if (done) break
      const position = index
      index += 1
      await work(value, position)
    }
    isOver = true
  }
  const turns = Array.from({ length: width }, () =>
    takeTurns().catch((error: unknown) => {
      isOver = true
      throw error
    }),
  )
  const results = await Promise.allSettled(turns)
  await iterator.return?.()
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
