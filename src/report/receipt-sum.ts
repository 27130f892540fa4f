import type { Metadata, ReceiptMetadata } from '../metadata/schema.ts'

/** The receipts of money spent, or of what a rehearsal would have cost: the two are never added up. */
export function receiptsOf(
  models: Metadata['models'],
  { isRehearsal }: { readonly isRehearsal: boolean },
): ReceiptMetadata[] {
  const receipts = Object.values(models).flatMap(({ cost }) => cost.receipt ?? [])
  return receipts.filter(({ status }) => (status === 'simulated') === isRehearsal)
}

/** The sum of receipts to 1e-12 USD: added up as whole numbers, because amounts in binary would leave crumbs. */
export function sumOfReceipts(receipts: readonly ReceiptMetadata[]): number {
  const picodollars = receipts.reduce((sum, { total_usd }) => sum + BigInt(Math.round(total_usd * 1e12)), 0n)
  return Number(picodollars) / 1e12
}
