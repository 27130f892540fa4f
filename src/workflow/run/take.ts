/** The first so many items; all where no number is given. The source is asked for no more than are taken. */
export async function* take<Item>(items: AsyncIterable<Item>, count: number | undefined): AsyncGenerator<Item> {
  if (count === 0) return
  let given = 0
  for await (const item of items) {
    yield item
    given += 1
    if (count !== undefined && given >= count) return
  }
}
