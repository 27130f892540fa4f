import { createHash } from 'node:crypto'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { originHeader } from '../../simulator/origin-header.ts'

/**
 * Tells a simulator which call of which record, node and model a request is: in a rehearsal its answer depends on that, and
 * not on the wording of a prompt. Undefined outside records.
 */
export function originHeaders(model: string): Record<string, string> | undefined {
  const { record, node = '' } = currentOrOutsideScope()
  if (record === undefined) return undefined
  const asker = JSON.stringify([node, model])
  record.calls ??= new Map()
  const call = record.calls.get(asker) ?? 0
  record.calls.set(asker, call + 1)
  const place = createHash('sha256')
    .update(JSON.stringify([record.id, asker]))
    .digest('hex')
    .slice(0, 16)
  return { [originHeader]: `${place}-${call}` }
}
