import { SygraError } from '../../errors.ts'
import { describeValue } from '../config/config-value.ts'
import { didYouMean, oneOf } from '../config/nearest-name.ts'
import type { RunOptions } from './run-options.ts'

/** Every option of a run, so that one that is misspelt is not silently without effect. */
const names: readonly string[] = Object.keys({
  numRecords: true,
  startIndex: true,
  batchSize: true,
  checkpointInterval: true,
  outputDir: true,
  output: true,
  outputWithTs: true,
  runName: true,
  disableMetadata: true,
  debug: true,
  resumable: true,
  onBadRecord: true,
  checkModels: true,
  simulate: true,
  cache: true,
  batchApi: true,
  signal: true,
  stop: true,
  graceSeconds: true,
  ledger: true,
  onLedgerError: true,
  resume: true,
  retryFailed: true,
  force: true,
  pauseAfter: true,
  allowUnpriced: true,
  modelDown: true,
  onNotice: true,
  quiet: true,
  onStart: true,
  onEvent: true,
  onRecord: true,
  keepRecords: true,
  runArgs: true,
  workers: true,
  workerLeaseSeconds: true,
  onWorkerLine: true,
  maxCostUsd: true,
  maxRequests: true,
  maxTokens: true,
  maxFailures: true,
  timeoutSeconds: true,
} satisfies Record<keyof RunOptions, true>)

/** True for the name of an option of a run. */
export function isRunOption(name: string): name is keyof RunOptions {
  return names.includes(name)
}

/**
 * Refuses options that there are not.
 *
 * @throws SygraError `bad_argument` with the nearest name for each.
 */
export function checkOptionNames(options: object): void {
  // JavaScript lets anything through.
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const found = describeValue(options)
    throw new SygraError(
      'bad_argument',
      `run() takes its options as an object, such as { numRecords: 10 }; found ${found}`,
    )
  }
  const unknown = Object.keys(options).filter((name) => !names.includes(name))
  if (unknown.length === 0) return
  const lines = unknown.map((name) => `run() has no option "${name}"${remedyFor(name)}`)
  throw new SygraError('bad_argument', lines.join('\n'))
}

function remedyFor(name: string): string {
  const inCamelCase = name.replace(/^-+/, '').replaceAll(/[-_]+(\w)/g, (_match, letter: string) => letter.toUpperCase())
  // The flags of a rehearsal are settings of one option here.
  if (/^simulate[A-Z]/.test(inCamelCase)) return '; settings stand in "simulate": { seed, timeScale, rateLimitRate, … }'
  const begun = names.filter((known) => known.toLowerCase().startsWith(inCamelCase.toLowerCase()))
  if (begun.length === 1) return `; did you mean "${begun[0]}"?`
  return didYouMean(inCamelCase, names) || `; expected ${oneOf(names, names.length)}`
}
