import { basename, dirname, join } from 'node:path'
import { SygraError } from '../errors.ts'
import { formatMetadata } from '../runtime/metadata-collector.ts'
import { someExist } from '../runtime/run-files.ts'
import { writeAtomic } from '../runtime/write-atomic.ts'
import type { RepricedRun } from './reprice-run.ts'

/**
 * Saves a run at other prices beside the original, as `repriced_<task>_<timestamp>_<number>.json`: a metadata file that
 * names the original and what it leaves out. Lists of runs do not take it for a run. Gives its path.
 *
 * @throws SygraError `bad_argument` where there is no ledger and the file alone does not suffice.
 */
export async function writeRepriced({ path, original, changes, source, whole }: RepricedRun): Promise<string> {
  if (whole.type === 'unknown') {
    throw new SygraError(
      'bad_argument',
      `${path}: --write needs the run's ledger here, because its file does not suffice: ${whole.reason}`,
    )
  }
  const { atMs, prices, models, tier } = changes
  const repricedFrom = {
    file: basename(path),
    run_id: original.run_id ?? '',
    total_cost_usd: original.aggregate_statistics.cost.total_cost_usd,
    ...(atMs === undefined ? {} : { at: new Date(atMs).toISOString() }),
    ...(prices === undefined ? {} : { prices: `${prices.source} ${prices.version}` }),
    ...(models === undefined || models.size === 0 ? {} : { models: Object.fromEntries(models) }),
    ...(tier === undefined ? {} : { tier }),
    source,
    ...(whole.leftOut.length === 0 ? {} : { left_out: [...whole.leftOut] }),
  }
  const target = freePath(path)
  await writeAtomic(target, formatMetadata({ ...whole.metadata, repriced_from: repricedFrom }))
  return target
}

function freePath(path: string): string {
  const stem = basename(path, '.json').replace(/^(?:metadata|repriced)_/, '')
  for (let number = 1; ; number += 1) {
    const target = join(dirname(path), `repriced_${stem}_${number}.json`)
    if (!someExist([target])) return target
  }
}
