import type { Source } from './source.ts'

/** What the server of the studio gives. */
export const serverSource: Source = {
  runs: () => ask('runs', {}),
  run: (run) => ask('run', { run }),
  timeline: (run, { fromMs, toMs, spans }) => ask('timeline', { run, from: fromMs, to: toMs, spans }),
  records: (run, query) => ask('records', { run, ...query }),
  record: (run, record) => ask('record', { run, record }),
  waste: (run) => ask('waste', { run }),
  compare: (base, head) => ask('compare', { base, head }),
  fileAddress: (run) => address('file', { run }),
  watch(run, onChange) {
    const events = new EventSource(address('changes', { run }))
    let isFirst = true
    events.addEventListener('change', () => {
      // The first one says how it was when the page asked.
      if (!isFirst) onChange()
      isFirst = false
    })
    return () => events.close()
  },
}

type Query = Readonly<Record<string, string | number | undefined>>

function address(name: string, query: Query): string {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))
  return `./api/${name}?${new URLSearchParams(given)}`
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
