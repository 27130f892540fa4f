import { type RequestEnd, succeeded } from '../../metadata/event.ts'
import { hasAnswer } from '../../metadata/figures/token-figures.ts'
import { CostTotals } from '../../metadata/totals/cost-totals.ts'
import { completionTokensOf, promptTokensOf, totalTokensOf } from '../../metadata/usage.ts'
import { type Column, columnsOf } from './column.ts'
import { picodollarsOfSum } from './money.ts'

/** What several attempts used and cost together: those of a call, or of a record. */
export class RequestSums {
  requests = 0
  retries = 0
  failedAttempts = 0
  requestsWithUsage = 0
  promptTokens = 0
  completionTokens = 0
  totalTokens = 0
  readonly cost = new CostTotals()

  add(end: RequestEnd): void {
    this.requests += 1
    if (end.resendCount > 0) this.retries += 1
    if (!succeeded(end)) this.failedAttempts += 1
    const { usage } = end
    if (usage !== undefined) {
      this.requestsWithUsage += 1
      this.promptTokens += promptTokensOf(usage) ?? 0
      this.completionTokens += completionTokensOf(usage) ?? 0
      this.totalTokens += totalTokensOf(usage)
    }
    if (end.cost !== undefined) this.cost.add(end.cost)
    else if (hasAnswer(end.status)) this.cost.addUnknown()
  }
}

/** What a call or a record used and cost, and how far that is known. */
export function sumColumns<Fact extends { readonly sums: RequestSums }>(): readonly Column<Fact>[] {
  const column = columnsOf<Fact>()
  const told = (sums: RequestSums, count: number) => (sums.requestsWithUsage === 0 ? null : count)
  return [
    column.integer('requests', 'Its attempts that ended, first tries and retries.', ({ sums }) => sums.requests),
    column.integer('retries', 'How many of them repeat another.', ({ sums }) => sums.retries),
    column.integer('failed_attempts', 'How many did not succeed.', ({ sums }) => sums.failedAttempts),
    column.integer(
      'prompt_tokens',
      'All input tokens, cached ones included; empty where none told its usage.',
      ({ sums }) => told(sums, sums.promptTokens),
    ),
    column.integer('completion_tokens', 'All output tokens, reasoning included.', ({ sums }) =>
      told(sums, sums.completionTokens),
    ),
    column.integer('total_tokens', 'Both; the total of the provider where it states another one.', ({ sums }) =>
      told(sums, sums.totalTokens),
    ),
    column.usd(
      'cost_usd',
      'USD spent, as far as it is known; empty where nothing is, and for a rehearsal.',
      ({ sums }) => (isSpent(sums.cost) ? picodollarsOfSum(sums.cost.spent) : null),
    ),
    column.usd('simulated_cost_usd', 'What requests of a rehearsal would have cost: no money was spent.', ({ sums }) =>
      isRehearsed(sums.cost) ? picodollarsOfSum(sums.cost.simulated) : null,
    ),
    column.text(
      'cost_status',
      '`priced`, `partial` (a lower bound), `unpriced` (not known), `free`, `reported` or `simulated`; empty where nothing was charged.',
      ({ sums }) => sums.cost.status,
    ),
    column.integer(
      'unpriced_requests',
      'Answers whose cost is not known: they are in no amount.',
      ({ sums }) => sums.cost.unpricedRequests,
    ),
  ]
}

function isSpent({ status }: CostTotals): boolean {
  return status !== undefined && status !== 'unpriced' && status !== 'simulated'
}

function isRehearsed({ requestsByStatus, unpricedRehearsals }: CostTotals): boolean {
  return requestsByStatus.simulated > unpricedRehearsals
}
