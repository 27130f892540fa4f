interface Request {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
}

/** Looks a product up by one word of the request, then its price, then the price in the currency that was asked for. */
export function answer({ messages }: Request) {
  const request = String(messages.findLast(({ role }) => role === 'user')?.content ?? '')
  const results = messages.flatMap(({ role, content }) => (role === 'tool' ? [parsed(content)] : []))
  const word = ['jacket', 'trail shoes', 'tent', 'headlamp', 'surfboard'].find((name) => request.includes(name))
  if (word === undefined) return 'I can only help with the products of the shop.'
  const [found, facts, price] = results
  if (found === undefined) return { toolCalls: [{ name: 'findProducts', arguments: { words: [word] } }] }
  const product: unknown = Array.isArray(found) ? found[0] : undefined
  if (product === undefined) return `We do not sell a ${word}.`
  if (facts === undefined) return { toolCalls: [{ name: 'lookUp', arguments: { code: fieldOf(product, 'code') } }] }
  const currency = request.includes('euros') ? 'EUR' : request.includes('francs') ? 'CHF' : undefined
  if (currency !== undefined && price === undefined) {
    return { toolCalls: [{ name: 'convert', arguments: { usd: fieldOf(facts, 'usd'), currency } }] }
  }
  const stock = fieldOf(facts, 'stock')
  return `${String(fieldOf(product, 'name'))}: ${String(price ?? `${String(fieldOf(facts, 'usd'))} USD`)}, ${String(stock)} in stock.`
}

function parsed(content: unknown): unknown {
  const text = String(content)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
