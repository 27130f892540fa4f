import { useEffect } from 'preact/hooks'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { formatCostShort } from '../../src/report/text/format-cost.ts'
import { formatCount, formatQuantity } from '../../src/report/text/format-values.ts'
import { runColumns } from '../runs/column.tsx'
import { readRunsQuery, selectRuns } from '../runs/runs-query.ts'
import { RunsToolbar } from '../runs/runs-toolbar.tsx'
import { shortTask } from '../runs/task-name.ts'
import { Amount } from '../shell/amount.tsx'
import { replace } from '../shell/navigation.ts'
import { Answered } from '../shell/notice.tsx'
import { changedAddress, type QueryChanges } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import type { Source } from '../source/source.ts'
import { useRuns } from '../source/use-runs.ts'
import { SpendChart } from './spend-chart.tsx'
import { SpendOnOther } from './spend-on-other.tsx'
import {
  amountOf,
  type MoneyKind,
  moneyKinds,
  type SpendKey,
  type SpendPeriod,
  type SpendSum,
  type SpendTable,
  spendKeys,
  spendPeriods,
  spendTable,
} from './spend-sums.ts'

/** What was spent: by day, week or month, and by task, model, provider or commit. */
export function SpendPage({ source, query }: { readonly source: Source; readonly query: URLSearchParams }) {
  const answer = useRuns(source)
  useEffect(() => {
    document.title = 'Spend · sygra studio'
  }, [])
  return (
    <Answered answer={answer} what="runs">
      {({ rows }) => <SpendView rows={rows} query={query} source={source} />}
    </Answered>
  )
}

const kindNames: Readonly<Record<MoneyKind, string>> = {
  real: 'Spent',
  reported: 'Spent, as providers say',
  simulated: 'Simulated: not spent',
}

function SpendView({
  rows,
  query,
  source,
}: {
  readonly rows: readonly RunRow[]
  readonly query: URLSearchParams
  readonly source: Source
}) {
  const runsQuery = readRunsQuery(query)
  const found = selectRuns(rows, runsQuery, Date.now())
  const key = oneOf(spendKeys, query.get('by'), 'task')
  const period = oneOf(spendPeriods, query.get('per'), 'day')
  const all = spendTable(found, { key, period, kind: 'real' })
  const usual = moneyKinds.find((each) => all.total.usd[each] > 0) ?? 'real'
  const kind = oneOf(moneyKinds, query.get('kind'), usual)
  const table = spendTable(found, { key, period, kind })
  const budget = Math.max(0, Number(query.get('budget')) || 0)
  const change = (changes: QueryChanges) => replace(changedAddress({ view: 'spend', query }, changes))
  return (
    <div class="page">
      <div class="page-head">
        <h1>Spend</h1>
        <span class="faint">{formatQuantity(table.total.runs, 'run')}</span>
      </div>
      <RunsToolbar
        rows={rows}
        query={runsQuery}
        onQuery={({ search, task, status, model, days, minUsd }) =>
          change({
            ...{ search, task, status, model },
            days: days === 0 ? '' : String(days),
            min: minUsd === 0 ? '' : String(minUsd),
          })
        }
        columns={runColumns}
        selected={[]}
      />
      <dl class="key-figures">
        {moneyKinds.map((each) => (
          <div key={each} data-current={each === kind}>
            <dt>{kindNames[each]}</dt>
            <dd>
              <button
                type="button"
                class="figure"
                aria-pressed={each === kind}
                onClick={() => change({ kind: each === usual ? undefined : each })}
              >
                {formatCostShort(amountOf(table.total, each))}
              </button>
              <span class="figure-note">{each === kind ? 'shown below' : 'show it'}</span>
            </dd>
          </div>
        ))}
        <div>
          <dt>Tokens</dt>
          <dd>
            <span class="figure">{formatCount(table.total.tokens)}</span>
            <span class="figure-note">{formatQuantity(table.total.requests, 'request')}</span>
          </dd>
        </div>
      </dl>
      <div class="cards">
        <SectionCard
          title={`${kind === 'simulated' ? 'Simulated cost' : kindNames[kind]} per ${period}`}
          isWide
          actions={
            <>
              <Choices names={spendPeriods} now={period} word="per" onChoose={(per) => change({ per })} />
              <label class="min-cost">
                <span>Budget per {period} $</span>
                <input
                  class="search small"
                  type="number"
                  min="0"
                  step="any"
                  value={budget === 0 ? '' : String(budget)}
                  onInput={(event) => change({ budget: event.currentTarget.value })}
                />
              </label>
            </>
          }
        >
          {table.periods.length === 0 ? (
            <p class="card-text card-end faint">No run with requests here.</p>
          ) : (
            <SpendChart table={table} kind={kind} budgetUsd={budget} nameOf={(name) => nameOf(key, name)} />
          )}
        </SectionCard>
        <SectionCard
          title={`By ${key}`}
          isWide
          actions={<Choices names={spendKeys} now={key} word="by" onChoose={(by) => change({ by })} />}
        >
          <PartsTable table={table} kind={kind} spendKey={key} period={period} />
        </SectionCard>
        <SpendOnOther source={source} rows={found} kind={kind} query={query} onQuery={change} />
      </div>
    </div>
  )
}

function Choices<Name extends string>({
  names,
  now,
  word,
  onChoose,
}: {
  readonly names: readonly Name[]
  readonly now: Name
  readonly word: string
  readonly onChoose: (name: Name) => void
}) {
  return (
    <span class="button-row">
      {names.map((name) => (
        <button key={name} type="button" class="button" aria-pressed={name === now} onClick={() => onChoose(name)}>
          {word} {name}
        </button>
      ))}
    </span>
  )
}

/** More periods than these have no column of their own. */
const maxColumns = 8

function PartsTable({
  table: { parts, periods, cells, total },
  kind,
  spendKey,
  period,
}: {
  readonly table: SpendTable
  readonly kind: MoneyKind
  readonly spendKey: SpendKey
  readonly period: SpendPeriod
}) {
  const columns = periods.slice(0, maxColumns)
  const money = (sum: SpendSum) => <Amount cost={amountOf(sum, kind)} />
  return (
    <TableFrame label={`Spend by ${spendKey}`}>
      <table class="table">
        <thead>
          <tr>
            <th>{spendKey}</th>
            <th data-number>all</th>
            <th data-number>runs</th>
            <th data-number>tokens</th>
            {columns.map(({ name }) => (
              <th key={name} data-number>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part.name}>
              <th scope="row" title={part.name}>
                {nameOf(spendKey, part.name)}
              </th>
              <td data-number>{money(part)}</td>
              <td data-number>{formatCount(part.runs)}</td>
              <td data-number>{formatCount(part.tokens)}</td>
              {columns.map(({ name }) => {
                const sum = cells.get(name)?.get(part.name)
                return (
                  <td key={name} data-number>
                    {sum === undefined ? '' : money(sum)}
                  </td>
                )
              })}
            </tr>
          ))}
          <tr class="total-row">
            <th scope="row">all</th>
            <td data-number>{money(total)}</td>
            <td data-number>{formatCount(total.runs)}</td>
            <td data-number>{formatCount(total.tokens)}</td>
            {columns.map((column) => (
              <td key={column.name} data-number>
                {money(column)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
      {periods.length > maxColumns ? (
        <p class="card-foot">
          The last {maxColumns} {period}s; {formatCount(periods.length - maxColumns)} before them are in the sums.
        </p>
      ) : null}
    </TableFrame>
  )
}

function nameOf(key: SpendKey, name: string): string {
  return key === 'task' ? shortTask(name) : name
}

function oneOf<Name extends string>(names: readonly Name[], text: string | null, otherwise: Name): Name {
  return names.find((name) => name === text) ?? otherwise
}
