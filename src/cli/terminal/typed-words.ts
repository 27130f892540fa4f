import { isRunOption } from '../../workflow/run/option-names.ts'
import type { RunOptions } from '../../workflow/run/run-options.ts'
import { programName } from './command-line.ts'

/** Options of `run()` whose flag is not their name with hyphens. */
const ownFlags: Readonly<Partial<Record<keyof RunOptions, string>>> = {
  maxCostUsd: '--max-cost',
  timeoutSeconds: '--timeout',
  graceSeconds: '--grace',
  modelDown: '--model-down-after',
}

/** The option of the command line that sets an option of `run()`. */
export function flagOf(option: string): string {
  const own = Object.entries(ownFlags).find(([name]) => name === option)?.[1]
  return own ?? `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/**
 * A message as whoever sits at the terminal would type what stands in its backticks: commands as they called this one
 * (`npx sygra show`), options of `run()` as flags (`--max-cost`). Other backticks are left alone.
 */
export function asTyped(text: string, program: string = programName()): string {
  return text.replaceAll(/`([^`\n]+)`/g, (whole, typed: string) => {
    if (/^sygra [a-z-]/.test(typed)) return `${program}${typed.slice('sygra'.length)}`
    const [, option = '', value] = /^(\w+)(?:: (.+))?$/.exec(typed) ?? []
    return isRunOption(option) ? flagWith(option, value) : whole
  })
}

function flagWith(option: string, value: string | undefined): string {
  const flag = flagOf(option)
  if (value === undefined || value === 'true') return flag
  // What is on by default has a flag of its own that turns it off.
  if (value === 'false')
    return /^(?:ledger|checkModels|output)$/.test(option) ? flag.replace('--', '--no-') : `${flag} False`
  return `${flag} ${value.replaceAll(/["']/g, '')}`
}
