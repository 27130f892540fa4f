import type { MetadataEvent, RequestEnd } from '../../src/metadata/event.ts'
import { MetadataCollector } from '../../src/runtime/collector/metadata-collector.ts'
import { processPrices, runInScope, type Scope } from '../../src/runtime/scope.ts'

export interface Observation<Result> {
  readonly attempts: readonly RequestEnd[]
  readonly events: readonly MetadataEvent[]
  readonly collector: MetadataCollector
  readonly value: Result | undefined
  readonly error: unknown
}

/** Runs a function in a run of its own; gives the attempts that were seen, and what the function gave or threw. */
export async function observeRequests<Result>(
  act: () => Promise<Result>,
  part: Partial<Scope> = { node: 'n' },
): Promise<Observation<Result>> {
  const events: MetadataEvent[] = []
  const attempts: RequestEnd[] = []
  const collector = part.collector ?? new MetadataCollector()
  collector.onEvent((event) => {
    events.push(event)
    if (event.type === 'request-end') attempts.push(event)
  })
  const outcome = await runInScope({ ...part, collector }, act).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  // Attempts are recorded once the prices of the process have been read, which a busy machine takes its time for.
  await processPrices().loading
  return { attempts, events, collector, ...outcome }
}
