/** Options of the Python system's command line that are not there, by their names and short forms, and what to do instead. */
const foreign: readonly (readonly [readonly string[], string])[] = [
  [
    ['--oasst', '-ost'],
    'records are not mapped to the form of OASST here: make them in the form you need by output_config.generator',
  ],
  [
    ['--quality', '-q'],
    "there are no quality metrics of an output here: port SyGra's quality tasks (sygra port …/sygra/internal/data_quality/…) and run them with --source over the output",
  ],
  [['--clear-logs', '-cl'], 'there are no logs to be cleared: leave it out'],
]

/** Says of the first option that only the Python system has what to do instead; undefined where there is none. */
export function foreignOptionIn(args: readonly string[]): string | undefined {
  const end = args.indexOf('--')
  for (const argument of end < 0 ? args : args.slice(0, end)) {
    const [name = ''] = argument.replaceAll('_', '-').split('=')
    const found = foreign.find(([names]) => names.includes(name))
    if (found !== undefined) return `${argument.split('=')[0]}: ${found[1]}`
  }
  return undefined
}
