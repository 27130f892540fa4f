import { SygraError } from '../../errors.ts'
import { valueIn } from '../config/config-value.ts'
import type { GraphConfig } from '../config/graph-config.ts'

// Not every text with a dollar is a reference: "$5" is a price.
const reference = /^\$[A-Za-z_]/

/**
 * A value in which each text `$a.b.0` stands for what the configuration holds at that path, within lists and maps too.
 *
 * @throws SygraError `bad_config` when a reference leads to nothing.
 */
export function resolveReferences(
  value: unknown,
  { config, where }: { readonly config: GraphConfig; readonly where: string },
): unknown {
  const resolved = (part: unknown): unknown => {
    if (typeof part === 'string' && reference.test(part)) return valueAt(part, config, where)
    if (Array.isArray(part)) return part.map(resolved)
    if (!isPlainMap(part)) return part
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, resolved(item)]))
  }
  return resolved(value)
}

function valueAt(text: string, config: GraphConfig, where: string): unknown {
  const found = valueIn(config, text.slice(1).split('.'))
  if (found === undefined) {
    throw new SygraError('bad_config', `${where}: ${text} leads to nothing in the configuration of the task`)
  }
  return found
}

function isPlainMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
