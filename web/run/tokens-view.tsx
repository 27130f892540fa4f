import type { Metadata } from '../../src/metadata/schema.ts'
import { formatCount, formatPercent, formatQuantity, formatRate } from '../../src/report/text/format-values.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { tokenPartsOf } from './token-classes.ts'

/** The tokens of each model by class. */
export function TokensView({ metadata: { models } }: { readonly metadata: Metadata }) {
  const used = Object.entries(models).filter(([, { token_statistics }]) => token_statistics.total_tokens > 0)
  if (used.length === 0) return null
  const most = Math.max(...used.map(([, { token_statistics }]) => token_statistics.total_tokens))
  return (
    <SectionCard title="Tokens" note="by model and class" isWide>
      <ul class="token-models">
        {used.map(([name, model]) => {
          const parts = tokenPartsOf(model.token_statistics)
          const { total_tokens, requests_without_usage = 0 } = model.token_statistics
          return (
            <li key={name}>
              <div class="token-head">
                <span class="strong">{name}</span>
                <span>
                  {formatCount(total_tokens)}{' '}
                  <span class="faint">at {formatRate(model.performance.tokens_per_second, 'tokens out')}</span>
                </span>
              </div>
              <div class="token-bar" aria-hidden="true">
                {parts.map((part) => (
                  <span key={part.name} data-class={part.name} style={{ width: `${(100 * part.tokens) / most}%` }} />
                ))}
              </div>
              <ul class="token-parts">
                {parts.map((part) => (
                  <li key={part.name} data-class={part.name}>
                    <span class="dot" aria-hidden="true" />
                    {part.name} {formatCount(part.tokens)}{' '}
                    <span class="faint">{formatPercent(part.tokens / total_tokens)}</span>
                  </li>
                ))}
                {requests_without_usage > 0 ? (
                  <li data-tone="warning">{formatQuantity(requests_without_usage, 'answer')} without usage</li>
                ) : null}
              </ul>
            </li>
          )
        })}
      </ul>
    </SectionCard>
  )
}
