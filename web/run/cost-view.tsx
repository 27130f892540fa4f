import { useState } from 'preact/hooks'
import type { Metadata } from '../../src/metadata/schema.ts'
import { receiptSections } from '../../src/report/run/receipt-sections.ts'
import { formatCostShort } from '../../src/report/text/format-cost.ts'
import { formatUsd, unknownMark } from '../../src/report/text/format-values.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { type CostMatrix, costMatrixOf } from './cost-matrix.ts'

/** What each node spent at each model; a model shows its receipt. */
export function CostView({ metadata }: { readonly metadata: Metadata }) {
  const [model, setModel] = useState<string | undefined>(undefined)
  const matrix = costMatrixOf(metadata)
  const names = Object.keys(metadata.models)
  if (names.length === 0) return null
  const chosen = model !== undefined && Object.hasOwn(metadata.models, model) ? metadata.models[model] : undefined
  const receipts = chosen === undefined || model === undefined ? [] : receiptSections({ [model]: chosen })
  return (
    <SectionCard title="Cost" note="by node and model; a model shows its receipt">
      <TableFrame label="Cost by node and model">
        <table class="table cost-matrix">
          <thead>
            <tr>
              <th>node</th>
              {names.map((name) => (
                <th key={name} data-number>
                  <button
                    type="button"
                    class="cell-button"
                    aria-expanded={name === model}
                    onClick={() => setModel(name === model ? undefined : name)}
                  >
                    {name}
                  </button>
                </th>
              ))}
              <th data-number>all</th>
            </tr>
          </thead>
          <tbody>
            {matrix === undefined ? null : <MatrixRows matrix={matrix} />}
            <tr class="total-row">
              <th scope="row">all</th>
              {names.map((name) => (
                <td key={name} data-number>
                  {formatCostShort(metadata.models[name]?.cost)}
                </td>
              ))}
              <td data-number>{formatCostShort(metadata.aggregate_statistics.cost)}</td>
            </tr>
          </tbody>
        </table>
      </TableFrame>
      {model === undefined ? null : (
        <div class="receipts">
          {receipts.length === 0 ? <p class="card-text faint">The file has no receipt of {model}.</p> : null}
          {receipts.map((section) => (
            <div key={section.title}>
              <h3>{section.title}</h3>
              <SectionView section={section} />
            </div>
          ))}
        </div>
      )}
    </SectionCard>
  )
}

function MatrixRows({ matrix: { models, rows, mostUsd } }: { readonly matrix: CostMatrix }) {
  return (
    <>
      {rows.map(({ node, costs, totalUsd }) => (
        <tr key={node ?? ''}>
          <td>{node ?? <span class="faint">outside of nodes</span>}</td>
          {costs.map((usd, index) => (
            <td key={models[index]} data-number class="heat-cell">
              {usd === undefined ? (
                <span class="faint">{unknownMark}</span>
              ) : (
                <>
                  <span class="heat" style={{ opacity: mostUsd > 0 ? 0.28 * (usd / mostUsd) : 0 }} aria-hidden="true" />
                  {formatUsd(usd)}
                </>
              )}
            </td>
          ))}
          <td data-number>{formatUsd(totalUsd)}</td>
        </tr>
      ))}
    </>
  )
}
