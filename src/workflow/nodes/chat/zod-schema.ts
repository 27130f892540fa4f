import type { z } from 'zod'

/** True for a schema of zod 4, also when another copy of the package made it. */
export function isZodSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '~standard' in value && '_zod' in value
}

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a schema found wrong, in one line; it quotes no values. */
export function problemsOf(issues: readonly Issue[], most = 5): string {
  const lines = issues.slice(0, most).map(({ path = [], message }) => {
    const place = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
    return place === '' ? message : `${place}: ${message}`
  })
  return [...lines, ...(issues.length > most ? [`and ${issues.length - most} more`] : [])].join('; ')
}
