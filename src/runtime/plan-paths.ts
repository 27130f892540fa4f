import { dirname, join, relative } from 'node:path'
import type { RunPlan } from './ledger-entry.ts'

type Paths = Pick<RunPlan, 'outputPath' | 'partPath' | 'failuresPath'>

/** Paths as a ledger holds them: seen from its folder, so that a run can be moved with its files and taken up from anywhere. */
export function pathsFromLedger(ledgerPath: string, paths: Paths): Paths {
  const folder = dirname(ledgerPath)
  return mapPaths(paths, (path) => relative(folder, path))
}

/** A plan as it was read, with its paths as this process reaches them. */
export function locatedPlan(ledgerPath: string, plan: RunPlan): RunPlan {
  const folder = dirname(ledgerPath)
  return { ...plan, ...mapPaths(plan, (path) => join(folder, path)) }
}

function mapPaths({ outputPath, partPath, failuresPath }: Paths, change: (path: string) => string): Paths {
  return { outputPath: change(outputPath), partPath: change(partPath), failuresPath: change(failuresPath) }
}
