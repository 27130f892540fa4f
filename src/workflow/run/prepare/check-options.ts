import { SygraError } from '../../../errors.ts'
import { redactUrl } from '../../../runtime/redact.ts'
import { isCollectionEnabled } from '../../../runtime/scope.ts'
import { isNo } from '../../../runtime/settings.ts'
import { oneOf } from '../../config/nearest-name.ts'
import type { RunOptions } from '../run-options.ts'

/** True for a run of which everything is kept: metadata, ledger and files. */
export function keepsLedger({ disableMetadata, ledger, output }: RunOptions): boolean {
  const isLedgerOn = ledger ?? !isNo(process.env.SYGRA_LEDGER)
  return disableMetadata !== true && isCollectionEnabled() && isLedgerOn && output !== false
}

/**
 * Refuses values that no option has, and options that would be without effect.
 *
 * @throws SygraError `bad_argument` that names the option.
 */
export function checkOptionValues(options: RunOptions, { isResumable }: { readonly isResumable: boolean }): void {
  const { resume = isResumable, runName } = options
  for (const [name, minimum] of leastValues) checkWhole(name, options[name], minimum)
  for (const [name, choices] of choicesOf) checkChoice(name, options[name], choices)
  if (options.graceSeconds !== undefined && !(options.graceSeconds >= 0)) {
    throw wrongValue('graceSeconds', 'seconds, 0 or more', options.graceSeconds)
  }
  if (runName !== undefined && !/^[\w. -]*$/.test(runName)) {
    throw wrongValue('runName', 'letters, digits, ".", "-" and "_" only', runName)
  }
  for (const name of ['retryFailed', 'force'] as const) {
    if (options[name] !== true || resume !== false) continue
    const message = `\`${name}: true\` has no effect without \`resume: true\`: add it, or leave \`${name}: true\` out`
    throw new SygraError('bad_argument', message)
  }
}

const leastValues = [
  ['numRecords', 0],
  ['startIndex', 0],
  ['batchSize', 1],
  ['checkpointInterval', 1],
  ['pauseAfter', 1],
] as const

const choicesOf = [
  ['onBadRecord', ['fail', 'skip']],
  ['onLedgerError', ['continue', 'stop']],
] as const

function checkWhole(name: string, value: unknown, minimum: number): void {
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= minimum)) return
  throw wrongValue(name, `a whole number, ${minimum} or more`, value)
}

function checkChoice(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value)) throw wrongValue(name, oneOf(choices), value)
}

function wrongValue(name: string, expected: string, value: unknown): SygraError {
  const found = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return new SygraError('bad_argument', `${name}: found ${found}; expected ${expected}`)
}

/**
 * Refuses the address of a simulator at which nothing answers: every record would fail.
 *
 * @throws SygraError `bad_argument`
 */
export async function checkSimulatorAddress(address: string): Promise<void> {
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    // As it was written, unless it may hold a password: what is no address of the web would be read as something else.
    const written = address.includes('@') ? redactUrl(address) : address
    const hint = /^[\w.-]+:\d+(\/|$)/.test(address) ? `; did you mean "http://${address}"?` : ''
    throw new SygraError(
      'bad_argument',
      `\`simulate: "${written}"\`: expected an address such as http://127.0.0.1:4010/v1${hint}`,
    )
  }
  const shown = `\`simulate: "${redactUrl(address)}"\``
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(5_000) })
    await response.body?.cancel()
  } catch (error) {
    throw new SygraError(
      'bad_argument',
      `${shown}: nothing answers there; start it with \`sygra simulate\`, or leave the address out`,
      { cause: error },
    )
  }
}
