import type { Metadata, ReceiptMetadata } from '../../metadata/schema.ts'
import { formatCount, formatExactUsd, formatQuantity } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'
import { receiptsOf, sumOfReceipts } from './run-figures.ts'

/**
 * How each cost was computed: tokens of a class × price of a million = amount, with the page that the price is from. Amounts
 * have all their digits, so that the lines can be added up by hand.
 */
export function receiptSections(models: Metadata['models']): Section[] {
  return Object.entries(models).flatMap(([name, { cost }]) => [
    ...(cost.receipt ?? []).flatMap((receipt) => sectionsOfReceipt(name, receipt)),
    ...(unpricedSection(name, cost) ?? []),
  ])
}

/** The sum of all receipts of a run beside the total of the file; undefined where there is only one, or none. */
export function receiptSumSection({ models, aggregate_statistics: { cost } }: Metadata): Section | undefined {
  const isRehearsal = cost.status === 'simulated'
  const receipts = receiptsOf(models, { isRehearsal })
  if (receipts.length < 2) return undefined
  const simulated = isRehearsal ? ' simulated' : ''
  return {
    type: 'pairs',
    title: 'Sum of the receipts',
    pairs: [
      [formatQuantity(receipts.length, 'receipt'), `${formatExactUsd(sumOfReceipts(receipts))}${simulated}`],
      ['in the file', `${formatExactUsd(cost.total_cost_usd)}${simulated}, rounded to 6 decimals`],
    ],
  }
}

/** Why a model has no price, or not for all its tokens. */
function unpricedSection(model: string, { unpriced_reasons }: Metadata['models'][string]['cost']): Section[] {
  const section = tableSection({
    title: `Unpriced of ${model}`,
    rows: unpriced_reasons ?? [],
    columns: [
      { title: 'requests', value: ({ requests }) => formatCount(requests) },
      { title: 'why', align: 'left', value: ({ reason }) => reason },
    ],
  })
  return section === undefined ? [] : [section]
}

function sectionsOfReceipt(model: string, receipt: ReceiptMetadata): Section[] {
  const title = `Receipt of ${model}: ${formatExactUsd(receipt.total_usd)}${statusOf(receipt)}`
  const notes = notesOf(receipt)
  if (receipt.busy_seconds !== undefined) return [busySection({ title, notes, receipt })].filter(isSection)
  const { classes, fees = [] } = receipt
  if (classes.length === 0 && fees.length === 0) {
    return [{ type: 'pairs', title, pairs: notes.map((note) => ['how', note]) }]
  }
  const tokens = tableSection({
    title,
    notes,
    rows: classes,
    columns: [
      { title: 'tokens of class', align: 'left', value: ({ token_class }) => token_class },
      { title: 'tokens', value: ({ tokens }) => formatCount(tokens) },
      { title: '× USD per million', value: ({ usd_per_million }) => formatExactUsd(usd_per_million) },
      { title: '= USD', value: ({ usd }) => formatExactUsd(usd) },
    ],
  })
  return [tokens, feesSection(tokens === undefined ? { title, notes } : { title: `Fees of ${model}` }, fees)].filter(
    isSection,
  )
}

/** What was charged beside tokens: quantity × price of one = amount. */
function feesSection(
  head: { readonly title: string; readonly notes?: readonly string[] },
  fees: NonNullable<ReceiptMetadata['fees']>,
): Section | undefined {
  return tableSection({
    ...head,
    rows: fees,
    columns: [
      {
        title: 'fee',
        align: 'left',
        value: ({ unit, variant }) => (variant === undefined ? unit : `${unit} (${variant})`),
      },
      { title: 'quantity', value: ({ quantity }) => String(quantity) },
      { title: '× USD each', value: ({ usd_per_unit }) => formatExactUsd(usd_per_unit) },
      { title: '= USD', value: ({ usd }) => formatExactUsd(usd) },
      { title: 'source', align: 'left', value: ({ source }) => source, dropOrder: 1 },
    ],
  })
}

function isSection(section: Section | undefined): section is Section {
  return section !== undefined
}

/** A machine that is paid by the hour: the time it was busy × its price. */
function busySection({
  title,
  notes,
  receipt,
}: {
  readonly title: string
  readonly notes: readonly string[]
  readonly receipt: ReceiptMetadata
}): Section | undefined {
  return tableSection({
    title,
    notes,
    rows: [receipt],
    columns: [
      { title: 'seconds busy', value: ({ busy_seconds }) => String(busy_seconds) },
      { title: '× USD per hour', value: ({ usd_per_hour }) => formatExactUsd(usd_per_hour) },
      { title: '= USD', value: ({ total_usd }) => formatExactUsd(total_usd) },
    ],
  })
}

function statusOf({ status, calculated_usd }: ReceiptMetadata): string {
  if (status === 'simulated') return ' simulated'
  if (status === 'partial') return ' for what has a price'
  if (status !== 'reported') return ''
  return calculated_usd === undefined
    ? ' stated by the provider'
    : ` stated by the provider; by the list ${formatExactUsd(calculated_usd)}`
}

function notesOf(receipt: ReceiptMetadata): string[] {
  const { requests, provider, product, tier, price_date, listed_on, place, source, version, page, currency_note } =
    receipt
  if (receipt.status === 'reported' && receipt.classes.length + (receipt.fees?.length ?? 0) === 0) {
    return [
      `${formatQuantity(requests, 'request')} to ${provider}, as the answers state it; no price of ${product} is listed`,
    ]
  }
  const where = place === undefined ? '' : ` in ${place}`
  const price = `the ${tier} price of ${provider} ${product}${where} for ${price_date}`
  const list = [source, version].filter((text) => text !== '').join(' ')
  const from = listed_on === undefined ? list : `${list} of ${listed_on}`
  return [
    `${formatQuantity(requests, 'request')} at ${price}, from ${from}`,
    ...(page === undefined ? [] : [`Price page: ${page}`]),
    ...(currency_note === undefined ? [] : [`Currency: ${currency_note}`]),
  ]
}
