import { memberOf } from '../usage/json-value.ts'
import type { LayerAnswer } from './layer-request.ts'
import { thrownTypeOf } from './thrown-type.ts'

/** What an error tells of the request that failed: the status it states, or 0 when no answer came. */
export function failedAnswer(error: unknown): LayerAnswer {
  const stated =
    memberOf(error, 'status') ?? memberOf(error, 'statusCode') ?? memberOf(memberOf(error, 'response'), 'status')
  const isStatus = typeof stated === 'number' && stated >= 400 && stated <= 999
  return { status: isStatus ? stated : 0, errorType: thrownTypeOf(error) }
}
