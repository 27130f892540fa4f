import { createRequire } from 'node:module'
import { withoutTraces } from '../../without-traces.ts'

type PriceTable = typeof import('@pydantic/genai-prices')

const loaded: { table?: PriceTable } = {}

/**
 * The price table. It comes with the first price that is looked up, since to load it takes a third of the time that the whole
 * package takes; and at once, since a price is given at once.
 */
export function priceTable(): PriceTable {
  loaded.table ??= load()
  return loaded.table
}

/**
 * Has the table ready before the first price, by an `import` that bundlers see: in a bundle there may be nothing to require.
 * Costs nothing when it is there.
 */
export async function loadPriceTable(): Promise<void> {
  loaded.table ??= await import('@pydantic/genai-prices')
}

function load(): PriceTable {
  const require = createRequire(import.meta.url)
  return withoutTraces(require, () => require('@pydantic/genai-prices') as PriceTable)
}
