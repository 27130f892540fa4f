import { useState } from 'preact/hooks'
import { receiptSections } from '../../src/report/run/receipt-sections.ts'
import { isOpenFilter } from '../../src/report/run/run-filter.ts'
import type { CostBlock } from '../../src/report/text/format-cost.ts'
import { formatCount, unknownMark } from '../../src/report/text/format-values.ts'
import type { SliceAnswer } from '../../src/studio/api.ts'
import { Amount } from '../shell/amount.tsx'
import { ModelOptions } from '../shell/model-options.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { type CostRow, type CostTable, costTableOfFile, costTableOfSlice } from './cost-rows.ts'
import { percent, sampleNote } from './key-figures.tsx'
import { toggled } from './lens.ts'
import type { RunContext } from './run-page.tsx'

/** More models than these have no column of their own. */
const maxModels = 6

/** Where the money went, and why: by node and model, the most expensive first. A click looks at that part of the run. */
export function CostView({
  context,
  slice,
}: {
  readonly context: RunContext
  readonly slice: SliceAnswer | undefined
}) {
  const { metadata } = context.answer
  const [receipt, setReceipt] = useState<string | undefined>(undefined)
  if (Object.keys(metadata.models).length === 0) return null
  // The file alone knows what the time of a machine cost.
  const isOfFile = slice === undefined || (slice.whole.isPaidByTheHour && isOpenFilter(context.lens))
  const table = isOfFile ? costTableOfFile(metadata) : costTableOfSlice(slice, metadata)
  const model = receipt !== undefined && Object.hasOwn(metadata.models, receipt) ? metadata.models[receipt] : undefined
  const isSimulated = metadata.aggregate_statistics.cost.status === 'simulated'
  return (
    <SectionCard
      id="cost"
      title={isSimulated ? 'Simulated cost' : 'Cost'}
      note={`by ${table.by === 'node' ? 'node and model' : 'model'}; a click looks at that part${slice?.isSample ? `; ${sampleNote}` : ''}`}
      isWide
    >
      <TableFrame label="Cost by node and model">
        <CostTableView table={table} context={context} hasLedger={slice !== undefined} />
      </TableFrame>
      <ReceiptChoice models={Object.keys(metadata.models)} chosen={receipt} onChoose={setReceipt} />
      {model === undefined || receipt === undefined ? null : (
        <Receipts
          model={receipt}
          sections={receiptSections({ [receipt]: model })}
          reasons={model.cost.unpriced_reasons}
        />
      )}
    </SectionCard>
  )
}

/** More models than these are chosen from a list. */
const mostButtons = 6

function ReceiptChoice({
  models,
  chosen,
  onChoose,
}: {
  readonly models: readonly string[]
  readonly chosen: string | undefined
  readonly onChoose: (model: string | undefined) => void
}) {
  if (models.length > mostButtons) {
    return (
      <p class="card-foot">
        <label>
          Receipt of{' '}
          <select value={chosen ?? ''} onChange={(event) => onChoose(event.currentTarget.value || undefined)}>
            <option value="">no model</option>
            <ModelOptions models={models} />
          </select>
        </label>
      </p>
    )
  }
  return (
    <p class="card-foot">
      <span>Receipts:</span>
      {models.map((name) => (
        <button
          key={name}
          type="button"
          class="button quiet small"
          aria-expanded={name === chosen}
          onClick={() => onChoose(name === chosen ? undefined : name)}
        >
          {name}
        </button>
      ))}
    </p>
  )
}

function CostTableView({
  table: { by, models, rows, total, wholeUsd },
  context: { lens, onLens },
  hasLedger,
}: {
  readonly table: CostTable
  readonly context: RunContext
  readonly hasLedger: boolean
}) {
  const shown = by === 'model' ? [] : models.slice(0, maxModels)
  const most = Math.max(
    0,
    ...rows.flatMap(({ cells }) => [...cells.values()].map(({ total_cost_usd }) => total_cost_usd)),
  )
  const hasPasses = rows.some(({ passesPerRecord }) => passesPerRecord !== undefined)
  const share = (cost: CostBlock | undefined) =>
    cost === undefined || wholeUsd === 0 ? 0 : cost.total_cost_usd / wholeUsd
  const look = (change: { readonly node?: string; readonly model?: string }) => () => onLens(toggled(lens, change))
  return (
    <table class="table cost-table">
      <thead>
        <tr>
          <th>{by}</th>
          <th data-number>cost</th>
          <th>share of the run</th>
          {hasPasses ? (
            <th data-number>
              <abbr title="How often a record goes through the node, on average">passes a record</abbr>
            </th>
          ) : null}
          <th data-number>requests</th>
          <th data-number>tokens in</th>
          <th data-number>out, an answer</th>
          {shown.length < 2
            ? null
            : shown.map(({ model }) => (
                <th key={model} data-number>
                  <button
                    type="button"
                    class="cell-button"
                    aria-pressed={lens.model === model}
                    onClick={look({ model })}
                  >
                    {model}
                  </button>
                </th>
              ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} data-selected={lens[by] === row.name}>
            <th scope="row">
              <NodeButton
                row={row}
                isOn={lens[by] === row.name}
                onClick={look({ [by]: row.name })}
                isLink={hasLedger}
              />
            </th>
            <td data-number>
              <Amount cost={row.cost} />
            </td>
            <td>
              <ShareBar share={share(row.cost)} />
            </td>
            {hasPasses ? (
              <td data-number>{row.passesPerRecord === undefined ? unknownMark : row.passesPerRecord.toFixed(1)}</td>
            ) : null}
            <td data-number>{formatCount(row.requests)}</td>
            <td data-number>{formatCount(row.tokensIn)}</td>
            <td data-number>{formatCount(row.tokensOut)}</td>
            {shown.length < 2
              ? null
              : shown.map(({ model }) => {
                  const cost = row.cells.get(model)
                  return (
                    <td key={model} data-number class="heat-cell">
                      {cost === undefined ? (
                        <span class="faint">{unknownMark}</span>
                      ) : (
                        <button type="button" class="cell-button" onClick={look({ node: row.name, model })}>
                          <span
                            class="heat"
                            style={{ opacity: most > 0 ? 0.28 * (cost.total_cost_usd / most) : 0 }}
                            aria-hidden="true"
                          />
                          <Amount cost={cost} />
                        </button>
                      )}
                    </td>
                  )
                })}
          </tr>
        ))}
        <tr class="total-row">
          <th scope="row">all</th>
          <td data-number>
            <Amount cost={total} />
          </td>
          <td />
          {hasPasses ? <td /> : null}
          <td data-number>{formatCount(rows.reduce((sum, { requests }) => sum + requests, 0))}</td>
          <td />
          <td />
          {shown.length < 2
            ? null
            : shown.map(({ model, cost }) => (
                <td key={model} data-number>
                  <Amount cost={cost} />
                </td>
              ))}
        </tr>
      </tbody>
    </table>
  )
}

function NodeButton({
  row: { name },
  isOn,
  isLink,
  onClick,
}: {
  readonly row: CostRow
  readonly isOn: boolean
  readonly isLink: boolean
  readonly onClick: () => void
}) {
  return isLink ? (
    <button type="button" class="cell-button" aria-pressed={isOn} onClick={onClick}>
      {name}
    </button>
  ) : (
    <span>{name}</span>
  )
}

/** A share as a bar and in per cent. */
export function ShareBar({ share }: { readonly share: number }) {
  return (
    <span class="share">
      <span class="share-track" aria-hidden="true">
        <span class="share-bar" style={{ width: `${100 * Math.min(1, share)}%` }} />
      </span>
      <span class="share-text">{percent(share)}</span>
    </span>
  )
}

function Receipts({
  model,
  sections,
  reasons = [],
}: {
  readonly model: string
  readonly sections: ReturnType<typeof receiptSections>
  readonly reasons?: readonly { readonly reason: string; readonly requests: number }[] | undefined
}) {
  return (
    <div class="receipts">
      {sections.length === 0 ? <p class="card-text faint">The file has no receipt of {model}.</p> : null}
      {reasons.map(({ reason, requests }) => (
        <p key={reason} class="card-text" data-tone="warning">
          Not known for {formatCount(requests)} requests: {reason}.
        </p>
      ))}
      {sections.map((section) => (
        <div key={section.title}>
          <h3>{section.title}</h3>
          <SectionView section={section} />
        </div>
      ))}
    </div>
  )
}
