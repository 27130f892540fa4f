import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { isTokenLine } from '../metadata/cost.ts'
import { type TokenClass, tokenClasses } from '../metadata/usage.ts'
import { type ModelQuery, priceRequest } from './index.ts'

// Prices of other tables that differ from ours, each decided by a page of the provider or by sources that agree: see the
// evidence in the file. Where ours was right it stays; where it was wrong it is the right one now, or no price at all.

const decided = z
  .array(
    z.strictObject({
      asked: z.strictObject({
        model: z.string(),
        provider: z.string().optional(),
        url: z.string().optional(),
        at: z.coerce.date().optional(),
      }),
      verdict: z.string(),
      evidence: z.string(),
      prices: z.record(z.string(), z.union([z.number(), z.string()])),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../test/fixtures/decided-prices.json', import.meta.url), 'utf8')))

interface Class {
  readonly tokenClass: TokenClass
  readonly serviceTier?: string
  /** Tokens that make the prompt long enough for a step. */
  readonly padding?: number
}

const paddings = { long128: 150_000, long200: 250_000, long256: 260_000, long272: 300_000 } as const

function classOf(name: string): Class {
  const long = /^(long\d+)\.(\w+)$/.exec(name)
  if (long !== null) {
    const padding = Object.entries(paddings).find(([key]) => key === long[1])?.[1]
    return { tokenClass: known(long[2] ?? ''), padding }
  }
  const tier = /^(batch|flex|priority)([A-Z]\w+)$/.exec(name)
  if (tier === null) return { tokenClass: known(name) }
  const [, serviceTier, rest = ''] = tier
  return { tokenClass: known(rest.charAt(0).toLowerCase() + rest.slice(1)), serviceTier }
}

function known(name: string): TokenClass {
  const found = tokenClasses.find((tokenClass) => tokenClass === name)
  if (found === undefined) throw new Error(`no class ${name}`)
  return found
}

/** What a million tokens of a class are charged at; undefined where the amount is not priced. */
function priceOf(asked: ModelQuery & { readonly at?: Date | undefined }, name: string): number | undefined {
  const { tokenClass, serviceTier, padding = 0 } = classOf(name)
  const usage = { input: padding, [tokenClass]: padding > 0 && tokenClass === 'input' ? padding : 1000 }
  const cost = priceRequest({ ...asked, usage, serviceTier })
  const line = cost.lines.filter(isTokenLine).find((each) => each.tokenClass === tokenClass)
  return line?.usdPerMillion
}

test.each(decided.map((row) => ({ ...row, name: JSON.stringify(row.asked) })))(
  '$name: $verdict by $evidence',
  (row) => {
    for (const [name, expected] of Object.entries(row.prices)) {
      if (name.startsWith('fee:')) {
        const cost = priceRequest({ ...row.asked, usage: { input: 1000, output: 1000 } })
        expect(cost.status === 'partial' || cost.lines.some((line) => !isTokenLine(line))).toBe(true)
        continue
      }
      const price = priceOf(row.asked, name)
      if (row.verdict === 'ours') expect({ [name]: price }).toEqual({ [name]: expected })
      else expect([expected, undefined], name).toContain(price)
    }
  },
)
