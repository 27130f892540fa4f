import { z } from 'zod'
import { didYouMean, oneOf } from './nearest-name.ts'

/**
 * An object with these keys and no other. Each unknown key is one line of the message, in the order of the issue's keys.
 *
 * @param hint where a key of another place belongs, for keys that people often misplace.
 */
export function closedObject<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  hint: (key: string) => string | undefined = () => undefined,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).filter((key) => !isTypescriptOnly(shape[key]))
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      return issue.keys.map((key) => unknownKeyMessage(key, known, hint(key))).join('\n')
    },
  })
}

// What only TypeScript can give is not offered to people who write YAML.
function isTypescriptOnly(schema: unknown): boolean {
  return schema instanceof z.ZodType && z.globalRegistry.get(schema)?.typescriptOnly === true
}

function unknownKeyMessage(key: string, known: readonly string[], hint?: string): string {
  const remedy = hint === undefined ? didYouMean(key, known) : `; ${hint}`
  return `unknown key "${key}"; expected ${oneOf(known)}${remedy}`
}
