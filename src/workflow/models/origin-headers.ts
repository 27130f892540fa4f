import { createHash } from 'node:crypto'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { originHeader } from '../../simulator/origin-header.ts'

/**
 * Which call of which record, node and model this is: the same text in each session of a run, of letters, digits and hyphens.
 * Undefined outside records.
 */
export function originOf(model: string): string | undefined {
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
  return `${place}-${call}`
}

/** Tells a simulator where a request comes from: in a rehearsal its answer depends on that, and not on the wording of a prompt. */
export function originHeaders(origin: string | undefined): Record<string, string> | undefined {
  return origin === undefined ? undefined : { [originHeader]: origin }
}
