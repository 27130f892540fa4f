import type { MetadataEvent } from '../../metadata/event.ts'
import { type Column, columnsOf } from './column.ts'

/** The run, and the session of it, that an event of its ledger belongs to. */
export interface RunFacts {
  readonly runId: string | undefined
  readonly task: string | undefined
  readonly session: number
}

/** What each row says of its run; the same columns begin every table of a ledger. */
export function runColumns<Fact extends { readonly run: RunFacts }>(): readonly Column<Fact>[] {
  const column = columnsOf<Fact>()
  return [
    column.text('run_id', 'The run.', ({ run }) => run.runId),
    column.text('task', 'Its task, or the name of its program.', ({ run }) => run.task),
    column.integer('session', '0 for the first start of the run, n for its n-th resume.', ({ run }) => run.session),
  ]
}

/** Follows the events of a ledger: which run it is, which session, and who serves which model. */
export class RunFollower {
  readonly #providers = new Map<string, string>()
  #run: RunFacts = { runId: undefined, task: undefined, session: 0 }

  get run(): RunFacts {
    return this.#run
  }

  providerOf(model: string): string | undefined {
    return this.#providers.get(model)
  }

  /** Takes an event; true when another session began with it: what was in the process of the one before is gone. */
  take(event: MetadataEvent): boolean {
    if (event.type === 'model-open' && event.provider !== undefined) this.#providers.set(event.model, event.provider)
    if (event.type !== 'run-start') return false
    const { runId, session, context } = event
    const isOther = session !== this.#run.session
    this.#run = { runId, task: context.taskName, session }
    return isOther
  }
}
