import { readFileSync } from 'node:fs'
import { z } from 'zod'

interface Product {
  readonly code: string
  readonly name: string
  readonly usd: number
  readonly stock: number
}

const products: readonly Product[] = JSON.parse(readFileSync(new URL('products.json', import.meta.url), 'utf8'))
const perUsd: Readonly<Record<string, number>> = { EUR: 0.92, CHF: 0.88, USD: 1 }

export const findProducts = {
  description: 'Products whose name has one of the words, with code and name.',
  parameters: z.object({ words: z.array(z.string()).min(1).describe('Words of the name, in English.') }),
  execute: ({ words }: { words: readonly string[] }) =>
    products
      .filter(({ name }) => words.some((word) => name.toLowerCase().includes(word.toLowerCase())))
      .map(({ code, name }) => ({ code, name })),
}

export const lookUp = {
  description: 'Price in USD and number in stock of a product.',
  parameters: z.object({ code: z.string().describe('The code, as findProducts gives it.') }),
  execute: ({ code }: { code: string }) => {
    const product = products.find((candidate) => candidate.code === code)
    if (product === undefined) throw new Error(`there is no product "${code}"`)
    return { usd: product.usd, stock: product.stock }
  },
}

export const convert = {
  description: 'Converts an amount in USD.',
  parameters: z.object({ usd: z.number(), currency: z.enum(['EUR', 'CHF', 'USD']) }),
  execute: ({ usd, currency }: { usd: number; currency: string }) =>
    `${(usd * (perUsd[currency] ?? 1)).toFixed(2)} ${currency}`,
}
