import { filterQuery } from '../../src/report/run/run-filter.ts'
import { createConnection } from './connection.ts'
import type { Source } from './source.ts'

/** What the server of the studio gives. */
export function createServerSource(): Source {
  const connection = createConnection()
  return {
    runs: (since) => ask('runs', { since }),
    run: (run) => ask('run', { run }),
    slice: (run, filter) => ask('slice', { run, ...filterQuery(filter) }),
    timeline: (run, filter, spans) => ask('timeline', { run, ...filterQuery(filter), spans }),
    records: (run, { kind, sort, isReversed, search, limit, filter }) =>
      ask('records', {
        run,
        kind,
        sort,
        reverse: isReversed ? 'true' : undefined,
        search,
        limit,
        ...filterQuery(filter),
      }),
    record: (run, record) => ask('record', { run, record }),
    waste: (run) => ask('waste', { run }),
    explain: (run, figure) => ask('explain', { run, figure }),
    reprice: (run, models) => ask('reprice', { run, model: [...models].map(([from, to]) => `${from}\n${to}`) }),
    compare: (base, head) => ask('compare', { base, head }),
    fileAddress: (run) => address('file', { run }),
    watch(run, onChange) {
      const events = new EventSource(address('changes', { run }))
      let known: string | undefined
      // The first one says how it was when the page asked; after a break it may be another.
      events.addEventListener('change', ({ data }) => {
        if (known !== undefined && data !== known) onChange()
        known = String(data)
      })
      const forget = connection.follow(events)
      return () => {
        forget()
        events.close()
      }
    },
    watchConnection: connection.watch,
  }
}

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

function address(name: string, query: Query): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const each of value) search.append(key, String(each))
    else if (value !== undefined) search.append(key, String(value))
  }
  return `./api/${name}?${search}`
}

// The server and the page come from the same build: what it answers is what the types say.
async function ask<Answer>(name: string, query: Query): Promise<Answer> {
  const response = await fetch(address(name, query)).catch(() => {
    throw new Error('the studio does not answer: is `sygra studio` still running?')
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(typeof answer?.error === 'string' ? answer.error : `status ${response.status}`)
  return answer
}
