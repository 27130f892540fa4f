import { z } from 'zod'
import { type LimitName, readLimit } from '../limits/run-limits.ts'
import { closedObject } from './closed-object.ts'
import { describeValue } from './config-value.ts'

/** `limits` of a task's configuration. */
export const limitsSchema = closedObject({
  max_cost: limit('maxCostUsd').describe('US dollars the run may cost; an option of the run goes before it.'),
  max_requests: limit('maxRequests').describe('Requests to models, retries included.'),
  max_tokens: limit('maxTokens').describe('Tokens of prompts and answers together.'),
  max_failures: limit('maxFailures').describe('Failed records: a number, or a share such as 5%.'),
  timeout: limit('timeoutSeconds').describe('How long one session of the run may take: 90 (seconds), 30min, 8h.'),
})

function limit(name: LimitName) {
  return z
    .union([z.number(), z.string()], { error: ({ input }) => expectedBy(name, input) })
    .superRefine((given, context) => {
      const found = readLimit(name, given)
      if ('expected' in found) context.addIssue(`found ${describeValue(given)}; expected ${found.expected}`)
    })
    .optional()
}

function expectedBy(name: LimitName, given: unknown): string | undefined {
  const found = readLimit(name, given)
  return 'expected' in found ? found.expected : undefined
}
