import type { ClassPrice, PriceDescription } from '../../pricing/index.ts'
import { formatCount, formatExactUsd } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'

/** All that is known of a model's price: where it comes from, its classes and tiers, the pages to check it on, or why there is none. */
export function priceSections(description: PriceDescription): Section[] {
  const { model, price, classes, tiers, fees, places, elsewhere } = description
  const sections: (Section | undefined)[] = [
    { type: 'pairs', title: `Price of ${model}`, pairs: pricePairs(description) },
    classesSection(`USD per million tokens, ${price?.tier ?? 'standard'} tier`, classes),
    ...tiers.map(({ tier, source, classes: ofTier }) => classesSection(`Tier ${tier}`, ofTier, source)),
    feesSection(fees),
    ...places.map(({ places: names, classes: there }) => classesSection(`In ${names.join(', ')}`, there)),
    elsewhereSection(elsewhere, classes),
  ]
  return sections.filter((section) => section !== undefined)
}

function pricePairs({ status, reason, price, usdPerHour, pages, notes }: PriceDescription): [string, string][] {
  const pairs: (readonly [string, string | undefined])[] = [
    ['status', status],
    ['why', reason],
    ['provider', price?.provider],
    ['product', price?.product],
    ['price for', price?.date],
    ['place', price?.place],
    ['source', price && sourceText(price)],
    ['USD per hour', usdPerHour === undefined ? undefined : `${formatExactUsd(usdPerHour)} while busy`],
    ...pages.map((page) => ['page', page] as const),
    ...notes.map((note) => ['note', note] as const),
  ]
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

function sourceText({ source, version, listedOn }: NonNullable<PriceDescription['price']>): string {
  return listedOn === undefined || listedOn === version ? `${source} ${version}` : `${source} ${version} of ${listedOn}`
}

function feesSection(fees: PriceDescription['fees']): Section | undefined {
  // Addresses are long: beside the names they would cut them off, so they stand above, as those of the tiers do.
  const sources = [...new Set(fees.flatMap(({ source }) => source ?? []))]
  return tableSection({
    title: 'Fees beside tokens, USD each',
    notes: sources.map((source) => `Source: ${source}`),
    rows: fees,
    columns: [
      {
        title: 'fee',
        align: 'left',
        isWhole: true,
        value: ({ name, variant }) => (variant === undefined ? name : `${name} (${variant})`),
      },
      { title: 'USD', value: ({ usdPerUnit }) => (usdPerUnit === undefined ? 'unknown' : formatExactUsd(usdPerUnit)) },
    ],
  })
}

function elsewhereSection(
  elsewhere: PriceDescription['elsewhere'],
  classes: readonly ClassPrice[],
): Section | undefined {
  return tableSection({
    title: 'Another table says',
    rows: elsewhere,
    columns: [
      { title: 'class', align: 'left', value: ({ tokenClass }) => nameOf(tokenClass, classes) },
      { title: 'USD', value: ({ usdPerMillion }) => formatExactUsd(usdPerMillion) },
      { title: 'table', align: 'left', value: ({ source }) => source },
    ],
  })
}

function nameOf(tokenClass: string, classes: readonly ClassPrice[]): string {
  return classes.find((known) => known.tokenClass === tokenClass)?.name ?? tokenClass
}

function classesSection(title: string, classes: readonly ClassPrice[], source?: string): Section | undefined {
  return tableSection({
    title,
    ...(source === undefined ? {} : { notes: [`Source: ${source}`] }),
    rows: classes,
    columns: [
      { title: 'class', align: 'left', value: ({ name }) => name },
      { title: 'USD', value: ({ usdPerMillion }) => formatExactUsd(usdPerMillion) },
      { title: 'long prompts', align: 'left', value: longContextText },
    ],
  })
}

function longContextText({ longContext }: ClassPrice): string | undefined {
  if (longContext.length === 0) return undefined
  const steps = longContext.map(
    ({ abovePromptTokens, usdPerMillion }) =>
      `${formatExactUsd(usdPerMillion)} above ${formatCount(abovePromptTokens)} tokens`,
  )
  return steps.join(', ')
}
