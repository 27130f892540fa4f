import { useRef } from 'preact/hooks'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import type { RunsAnswer } from '../../src/studio/api.ts'
import type { Source } from './source.ts'
import { type Answer, useAnswer } from './use-answer.ts'

/** The list of runs, which moves by itself; after the first time only what has changed is asked for. */
export function useRuns(source: Source): Answer<RunsAnswer> {
  const known = useRef<RunsAnswer | undefined>(undefined)
  return useAnswer(
    async () => {
      const next = await source.runs(known.current?.version)
      known.current = next.isDelta && known.current !== undefined ? withChanges(known.current, next) : next
      return known.current
    },
    [],
    (onChange) => source.watch(undefined, onChange),
  )
}

/** A list with what has changed in it. */
export function withChanges(known: RunsAnswer, changes: RunsAnswer): RunsAnswer {
  if (changes.rows.length === 0 && changes.removed.length === 0) return { ...changes, rows: known.rows }
  const gone = new Set([...changes.removed, ...changes.rows.map(({ path }) => path)])
  const rows: RunRow[] = [...known.rows.filter(({ path }) => !gone.has(path)), ...changes.rows]
  rows.sort((a, b) => b.startedAtMs - a.startedAtMs || (a.path < b.path ? 1 : -1))
  return { ...changes, rows }
}
