import { type TokenClass, tokenClasses } from '../../metadata/usage.ts'
import { type Rate, type Rates, withoutUndefined } from '../table/rate.ts'
import { priceBlocks } from './price-blocks.ts'
import type { PriceBlock, PriceRow } from './price-row.ts'

/** A row of our own list, and where it is from. */
export interface FoundRow {
  readonly row: PriceRow
  readonly product: string
  readonly source: string
  /** The price of the model changes with the time of day. */
  readonly isHourly: boolean
}

interface Wanted {
  readonly provider: string
  readonly name: string
  readonly atMs: number
}

/** The price of a model that holds unless a place has its own; undefined where our list has none. */
export function findRow(wanted: Wanted): FoundRow | undefined {
  return choose(wanted, (row) => row.places === undefined)
}

/** The price of a model at one of these places, the first one that has its own. */
export function findPlacedRow(wanted: Wanted & { readonly places: readonly string[] }): FoundRow | undefined {
  for (const place of wanted.places) {
    const found = choose(wanted, (row) => row.places?.split(' ').includes(place) === true)
    if (found !== undefined) return found
  }
  return undefined
}

/** What a row says a million tokens cost; text in the input, images and reasoning follow from what they are charged as. */
export function ratesOfRow(row: PriceRow): Rates {
  const { long } = row
  const rates: { -readonly [C in keyof Rates]?: Rate } = {}
  for (const tokenClass of tokenClasses) {
    const base = priceIn(row, tokenClass)
    if (base === undefined) continue
    const longer = long === undefined ? undefined : priceIn(long, tokenClass)
    rates[tokenClass] =
      long === undefined || longer === undefined
        ? base
        : { base, steps: [{ abovePromptTokens: long.above, usdPerMillion: longer }] }
  }
  return withoutUndefined(rates)
}

/** The price of a class, or of the class whose price holds for it as long as no other is stated. */
function priceIn(prices: PricesByClass, tokenClass: TokenClass): number | undefined {
  const general = generalClasses[tokenClass]
  return prices[tokenClass] ?? (general === undefined ? undefined : prices[general])
}

type PricesByClass = { readonly [C in TokenClass]?: number }

const generalClasses: Readonly<Partial<Record<TokenClass, TokenClass>>> = {
  inputImage: 'input',
  inputVideo: 'input',
  reasoning: 'output',
  outputImage: 'output',
}

/** The places at which our own list has a price of the model. */
export function placesListed(provider: string, name: string): readonly string[] {
  return [...new Set(rowsOf(provider, name).flatMap(({ row }) => row.places?.split(' ') ?? []))]
}

/** The names that our own list has of a seller's models. */
export function ownNames(provider: string): readonly string[] {
  return priceBlocks.flatMap((block) =>
    block.provider === provider ? block.rows.flatMap(({ model }) => model.split(' ')) : [],
  )
}

function choose({ provider, name, atMs }: Wanted, isMeant: (row: PriceRow) => boolean): FoundRow | undefined {
  const ofModel = rowsOf(provider, name).filter(({ row }) => isMeant(row))
  const found = ofModel.find(({ row }) => holdsAt(row, atMs))
  if (found === undefined) return undefined
  const isHourly = ofModel.some(({ row }) => row.hours !== undefined || row.from?.includes('T') === true)
  return { ...found, isHourly }
}

// Read once: the list is a constant.
const rowsByName = indexOf(priceBlocks)

function rowsOf(provider: string, name: string): readonly Omit<FoundRow, 'isHourly'>[] {
  return rowsByName.get(`${provider} ${name}`) ?? []
}

function indexOf(blocks: readonly PriceBlock[]): ReadonlyMap<string, readonly Omit<FoundRow, 'isHourly'>[]> {
  const index = new Map<string, Omit<FoundRow, 'isHourly'>[]>()
  for (const { provider, source, rows } of blocks) {
    for (const row of rows) {
      const names = row.model.split(' ')
      for (const name of names) {
        const key = `${provider} ${name}`
        const known = index.get(key) ?? []
        known.push({ row, product: names[0] ?? name, source })
        index.set(key, known)
      }
    }
  }
  return index
}

function holdsAt({ from, until, hours, holidays }: PriceRow, atMs: number): boolean {
  if (from !== undefined && atMs < momentOf(from)) return false
  if (until !== undefined && atMs >= momentOf(until)) return false
  return hours === undefined || (isInHours(hours, atMs) && !isHoliday(holidays, atMs))
}

function momentOf(text: string): number {
  return Date.parse(text.includes('T') ? `${text}:00Z` : `${text}T00:00:00Z`)
}

function isInHours(hours: string, atMs: number): boolean {
  const at = new Date(atMs)
  const weekday = at.getUTCDay()
  if ((weekday === 0 || weekday === 6) && !hours.endsWith(' daily')) return false
  const time = at.toISOString().slice(11, 16)
  return hours.split(' ').some((span) => {
    const [from = '', to = ''] = span.split('-')
    return from <= time && time < to
  })
}

function isHoliday(holidays: string | undefined, atMs: number): boolean {
  const day = new Date(atMs).toISOString().slice(0, 10)
  return (holidays ?? '').split(' ').some((span) => {
    const [from = '', to = from] = span.split('..')
    return span !== '' && from <= day && day <= to
  })
}
