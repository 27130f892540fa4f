import type { Metadata } from '../../metadata/schema.ts'
import { formatCount } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'

type NotUnderstood = NonNullable<Metadata['not_understood']>
type Endpoint = NotUnderstood['endpoints'][number]

const kinds: Record<Endpoint['kind'], string> = { request: 'POST', socket: 'WebSocket', process: 'process' }

/** What was seen and is in none of the figures, with what can be done; undefined when all was understood. */
export function notUnderstoodSection({ not_understood: found }: Metadata): Section | undefined {
  if (found === undefined) return undefined
  return tableSection<Endpoint>({
    title: 'Not understood, and in none of these figures',
    notes: notUnderstoodAdvice(found),
    rows: found.endpoints.slice(0, 20),
    columns: [
      { title: 'what', align: 'left', value: ({ kind }) => kinds[kind] },
      { title: 'host', align: 'left', value: ({ host }) => host },
      { title: 'path', align: 'left', value: ({ path }) => path },
      { title: 'count', value: ({ count }) => formatCount(count) },
    ],
  })
}

/** What to do about it, a line for each kind that there is. */
export function notUnderstoodAdvice({ endpoints }: NotUnderstood): string[] {
  const has = (kind: Endpoint['kind']) => endpoints.some((endpoint) => endpoint.kind === kind)
  return [
    ...(has('request') || has('socket')
      ? ['If they call models: put trackModelRequest around them, see docs/integrations.md.']
      : []),
    ...(has('process')
      ? [
          'A process of Bun, Deno or Python is not watched: what it asks of models is not here (docs/instrumentation.md).',
        ]
      : []),
  ]
}
