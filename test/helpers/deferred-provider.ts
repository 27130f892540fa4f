import { settleOpenAttempts } from '../../src/instrument/attempt/open-attempts.ts'
import { trackFetch } from '../../src/instrument/fetch/fetch.ts'
import type { MetadataEvent, RequestEnd } from '../../src/metadata/event.ts'
import type { PriceBook } from '../../src/pricing/index.ts'
import { MetadataCollector } from '../../src/runtime/collector/metadata-collector.ts'
import { runInScope } from '../../src/runtime/scope.ts'

type Answers = Readonly<Record<string, readonly (object | string)[]>>

/**
 * A provider that answers each `METHOD path` in turn, the last answer again and again, and all else with an empty object; and
 * what is recorded of it.
 */
export function deferredProvider(answers: Answers, { prices }: { readonly prices?: PriceBook } = {}) {
  const counts = new Map<string, number>()
  const ends: RequestEnd[] = []
  const notUnderstood: MetadataEvent[] = []
  const collector = new MetadataCollector()
  collector.onEvent((event) => {
    if (event.type === 'request-end') ends.push(event)
    if (event.type === 'not-understood') notUnderstood.push(event)
  })
  const tracked = trackFetch((input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const key = `${init?.method ?? 'GET'} ${url.pathname}`
    const list = url.hostname.endsWith('.example') ? [{}] : (answers[key] ?? [{}])
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    const answer = list[Math.min(count, list.length - 1)]
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer)
    const type = typeof answer === 'string' && answer.startsWith('event:') ? 'text/event-stream' : 'application/json'
    return Promise.resolve(new Response(body, { headers: { 'content-type': type } }))
  })
  const read = (url: string, body?: object) =>
    runInScope({ collector, node: 'n', prices }, async () => {
      const init = body === undefined ? undefined : { method: 'POST', body: JSON.stringify(body) }
      return (await tracked(url, init)).text()
    })
  const usd = () => ends.map(({ cost }) => (cost?.picodollars ?? 0) / 1e12)
  return { read, ends, notUnderstood, usd, collector, settle: () => settleOpenAttempts(collector.runId) }
}
