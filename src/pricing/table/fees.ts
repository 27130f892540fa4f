import type { ModelPrice } from '@pydantic/genai-prices'
import type { FeeCount, FeeUnit } from '../../metadata/usage.ts'
import { type FeeRow, feeRows } from './fee-rows.ts'

/** The price of one unit that is charged beside tokens. */
export interface FeeRate {
  readonly unit: FeeUnit
  /** The fee holds for this variant alone; left out when it holds for all that have no fee of their own. */
  readonly variant?: string
  /** Left out where it is charged and nobody lists how much. */
  readonly usdPerUnit?: number
  /** Every request uses some, and only its answer tells how many. */
  readonly isExpected?: boolean
  /** Every request is charged one, also where its answer does not count it. */
  readonly isPerRequest?: boolean
  /** A request is charged one, however many its answer counts. */
  readonly isOncePerRequest?: boolean
  /** Why the fee may not be all, in words for people. */
  readonly doubt?: string
  /** The page that it was read from, and the day; left out when it is from the same list as the tokens. */
  readonly source?: string
}

/** The fees of a model on a day: our own rows, then what the price table lists. */
export function feesOf(wanted: {
  readonly provider: string
  readonly product: string
  /** `YYYY-MM-DD` */
  readonly day: string
  readonly listed?: ModelPrice
}): readonly FeeRate[] {
  const own = feeRows.filter((row) => isRowOf(row, wanted)).flatMap(ratesOfRow)
  const listed = wanted.listed === undefined ? [] : listedFees(wanted.listed)
  return [...own, ...listed.filter(({ unit }) => !own.some((fee) => fee.unit === unit))]
}

/** The fee for what was used; undefined when none is known. One whose price depends on a variant needs that variant. */
export function feeRateOf(fees: readonly FeeRate[], { unit, variant }: FeeCount): FeeRate | undefined {
  const ofUnit = fees.filter((fee) => fee.unit === unit)
  return ofUnit.find((fee) => fee.variant === variant) ?? ofUnit.find((fee) => fee.variant === undefined)
}

function isRowOf(row: FeeRow, { provider, product, day }: { provider: string; product: string; day: string }): boolean {
  if (row.provider !== provider || (row.from !== undefined && day < row.from)) return false
  return row.products === undefined || row.products.test(product)
}

function ratesOfRow({ unit, usd, isExpected, isPerRequest, isOncePerRequest, doubt, source }: FeeRow): FeeRate[] {
  const rest = { unit, isExpected, isPerRequest, isOncePerRequest, doubt, source }
  if (usd === undefined || typeof usd === 'number') return [{ ...rest, usdPerUnit: usd }]
  return Object.entries(usd).map(([variant, usdPerUnit]) => ({ ...rest, variant, usdPerUnit }))
}

function listedFees(listed: ModelPrice): FeeRate[] {
  const priceOf = (name: string) => {
    const price = listed[name]
    return typeof price === 'number' ? price : undefined
  }
  const hours = priceOf('input_audio_hours') ?? priceOf('audio_hours')
  const fees: readonly (Omit<FeeRate, 'usdPerUnit'> & { readonly usdPerUnit: number | undefined })[] = [
    { unit: 'webSearch', usdPerUnit: perThousand(priceOf('web_searches_kcount')) },
    { unit: 'fileSearch', usdPerUnit: perThousand(priceOf('storage_searches_kcount')) },
    { unit: 'request', usdPerUnit: perThousand(priceOf('requests_kcount')), isPerRequest: true },
    { unit: 'page', usdPerUnit: perThousand(priceOf('input_document_kpages')) },
    { unit: 'page', variant: 'annotated', usdPerUnit: perThousand(priceOf('input_annotated_document_kpages')) },
    { unit: 'audioSecond', usdPerUnit: hours === undefined ? undefined : hours / 3600 },
  ]
  return fees.flatMap(({ usdPerUnit, ...fee }) => (usdPerUnit === undefined ? [] : [{ ...fee, usdPerUnit }]))
}

function perThousand(usd: number | undefined): number | undefined {
  return usd === undefined ? undefined : usd / 1000
}
