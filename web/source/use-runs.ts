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
      known.current = await newerRuns(source, known.current)
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

/** Calls back whenever one of some runs has moved on; gives the end of it. A browser keeps few connections to one server open. */
export function watchRuns(source: Source, keys: readonly string[], onChange: () => void): () => void {
  let known: RunsAnswer | undefined
  let last: string | undefined
  const look = async () => {
    known = await newerRuns(source, known).catch(() => known)
    if (known === undefined) return
    const own = known.rows.filter(({ path }) => keys.includes(path))
    const next = JSON.stringify(own.map(({ path, status, requests, cost }) => [path, status, requests, cost]))
    if (last !== undefined && next !== last) onChange()
    last = next
  }
  void look()
  return source.watch(undefined, () => void look())
}

async function newerRuns(source: Source, known: RunsAnswer | undefined): Promise<RunsAnswer> {
  const next = await source.runs(known?.version)
  return next.isDelta && known !== undefined ? withChanges(known, next) : next
}
