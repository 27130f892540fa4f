import type { Metadata } from '../../src/metadata/schema.ts'
import { errorName, meaningOfError } from '../../src/report/run/error-meaning.ts'
import { outsideNodes } from '../../src/report/run/run-filter.ts'
import { formatCount, formatPercent, formatQuantity } from '../../src/report/text/format-values.ts'
import type { SliceAnswer } from '../../src/studio/api.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { sampleNote } from './key-figures.tsx'
import { toggled } from './lens.ts'
import { hasRecords, type RunContext } from './run-page.tsx'

/** What went wrong, by kind: how often, how many records it cost, and where. A click looks at the requests that failed so. */
export function ErrorsView({
  context: { lens, onLens, answer },
  slice,
}: {
  readonly context: RunContext
  readonly slice: SliceAnswer | undefined
}) {
  if (slice === undefined) return null
  const { errors, whole, isSample } = slice
  const share = `${formatPercent(whole.failedAttempts / Math.max(1, whole.requests))} of all attempts failed`
  const withRecords = hasRecords(answer.metadata)
  const withNodes = errors.some(({ nodes }) => nodes.some((node) => node !== outsideNodes))
  const note = [...(errors.length === 0 ? [] : [share]), ...(isSample ? [sampleNote] : [])].join('; ') || undefined
  return (
    <SectionCard id="errors" title="Errors" note={note} isWide>
      {errors.length === 0 ? (
        <p class="card-text card-end faint">No request failed.</p>
      ) : (
        <TableFrame label="Errors">
          <table class="table">
            <thead>
              <tr>
                <th>error</th>
                <th>meaning</th>
                <th data-number>
                  <abbr title="Attempts that failed so; a retry may have helped">failed attempts</abbr>
                </th>
                {withRecords ? (
                  <th data-number>
                    <abbr title="Records that ended with it">failed records</abbr>
                  </th>
                ) : null}
                {withNodes ? <th>nodes</th> : null}
                <th>models</th>
              </tr>
            </thead>
            <tbody>
              {errors.map(({ error, attempts, failedRecords, nodes, models }) => (
                <tr key={error} data-selected={lens.error === error}>
                  <th scope="row">
                    <button
                      type="button"
                      class="cell-button"
                      aria-pressed={lens.error === error}
                      onClick={() => onLens(toggled(lens, { error }))}
                    >
                      <OutcomeMark outcome={outcomeOfError(error)} /> {errorName(error)}
                    </button>
                  </th>
                  <td class="nowrap">{meaningOfError(error)}</td>
                  <td data-number>{formatCount(attempts)}</td>
                  {withRecords ? (
                    <td data-number>
                      <span data-tone={failedRecords > 0 ? 'bad' : undefined}>{formatCount(failedRecords)}</span>
                    </td>
                  ) : null}
                  {withNodes ? <td class="names-cell">{namesOf(nodes)}</td> : null}
                  <td class="names-cell">{namesOf(models)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      <ActorErrors metadata={answer.metadata} />
    </SectionCard>
  )
}

const shownNames = 4

/** The first of many names, and how many there are besides. */
function namesOf(names: readonly string[]): string {
  const rest = names.length - shownNames
  return `${names.slice(0, shownNames).join(', ')}${rest > 0 ? ` and ${formatQuantity(rest, 'other')}` : ''}`
}

/** What agents and tools ended with by themselves, without a request that failed. */
function ActorErrors({ metadata: { agents = {}, tools = {} } }: { readonly metadata: Metadata }) {
  const failed = [
    ...Object.entries(agents).map(([name, { error_types }]) => ({ who: `agent ${name}`, error_types })),
    ...Object.entries(tools).map(([name, { error_types }]) => ({ who: `tool ${name}`, error_types })),
  ].flatMap(({ who, error_types = {} }) =>
    Object.entries(error_types).map(([error, times]) => `${who}: ${formatCount(times)} × ${error}`),
  )
  return failed.length === 0 ? null : <p class="card-text card-end">{failed.join(' · ')}</p>
}

/** How something ended: what its shape and its colour say. */
export type Outcome = 'answered' | 'limited' | 'failed'

/** How an attempt ended: a provider may give a 429 any word, and it is a limit all the same. */
export function outcomeOf({ isAnswered, status }: { readonly isAnswered: boolean; readonly status: number }): Outcome {
  return isAnswered ? 'answered' : status === 429 ? 'limited' : 'failed'
}

/** The same of a kind of error, of which nothing but its name is known. */
export function outcomeOfError(error: string): Outcome {
  return error === 'http_429' ? 'limited' : 'failed'
}

/** A shape for each kind of end: not every eye tells the colours apart. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  return <span class="outcome-mark" data-outcome={outcome} aria-hidden="true" />
}
