import { formatCostShort } from '../../src/report/text/format-cost.ts'
import { formatUsd } from '../../src/report/text/format-values.ts'
import { amountOf, type MoneyKind, type SpendTable } from './spend-sums.ts'

const shownPeriods = 31
const shownParts = 5

/** Money from period to period, the most expensive parts told apart, with a line for the budget. */
export function SpendChart({
  table: { periods, parts, cells },
  kind,
  budgetUsd,
  nameOf,
}: {
  readonly table: SpendTable
  readonly kind: MoneyKind
  readonly budgetUsd: number
  readonly nameOf: (name: string) => string
}) {
  const shown = periods.slice(0, shownPeriods).toReversed()
  const mostExpensive = parts.slice(0, shownParts)
  const most = Math.max(budgetUsd, ...shown.map(({ usd }) => usd[kind])) || 1
  const height = (usd: number) => `${(100 * usd) / most}%`
  return (
    <figure class="spend">
      <div class="spend-plot">
        <span class="spend-most faint">{formatUsd(most)}</span>
        {budgetUsd > 0 ? (
          <span class="spend-budget" style={{ bottom: height(budgetUsd) }}>
            budget {formatUsd(budgetUsd)}
          </span>
        ) : null}
        <ol class="spend-bars" aria-label="By period">
          {shown.map((period) => {
            const { name, usd } = period
            const own = cells.get(name)
            const known = mostExpensive.map((part) => ({ name: part.name, usd: own?.get(part.name)?.usd[kind] ?? 0 }))
            const rest = Math.max(0, usd[kind] - known.reduce((sum, part) => sum + part.usd, 0))
            const text = `${name}: ${formatCostShort(amountOf(period, kind))}`
            return (
              <li key={name} title={text} data-over={budgetUsd > 0 && usd[kind] > budgetUsd}>
                <span class="visually-hidden">{text}</span>
                {rest > most / 1e6 ? (
                  <span class="spend-part" data-part="rest" style={{ height: height(rest) }} />
                ) : null}
                {known.map((part, index) =>
                  part.usd === 0 ? null : (
                    <span
                      key={part.name}
                      class="spend-part"
                      data-part={index + 1}
                      style={{ height: height(part.usd) }}
                      title={`${nameOf(part.name)}: ${formatUsd(part.usd)}`}
                    />
                  ),
                )}
              </li>
            )
          })}
        </ol>
      </div>
      <div class="spend-axis faint" aria-hidden="true">
        <span>{shown[0]?.name}</span>
        <span>{shown.length > 1 ? shown.at(-1)?.name : ''}</span>
      </div>
      <figcaption class="spend-legend">
        {mostExpensive.map(({ name }, index) => (
          <span key={name} data-part={index + 1}>
            <span class="dot" aria-hidden="true" />
            {nameOf(name)}
          </span>
        ))}
        {parts.length > shownParts ? (
          <span data-part="rest">
            <span class="dot" aria-hidden="true" />
            others
          </span>
        ) : null}
      </figcaption>
    </figure>
  )
}
