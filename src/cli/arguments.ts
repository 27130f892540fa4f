/** The specification's short forms of two letters, which the parser does not know. */
const shortForms: Readonly<Record<string, string>> = {
  '-si': '--start-index',
  '-ci': '--checkpoint-interval',
  '-owt': '--output-with-ts',
  '-rn': '--run-name',
  '-ra': '--run-args',
  '-od': '--output-dir',
  '-dm': '--disable-metadata',
  '-cl': '--clear-logs',
}

/**
 * Arguments as the parser takes them: the specification's short forms and its names with `_` become names with `-`.
 * What follows `--` is not touched.
 */
export function normalizeArguments(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const rest = end < 0 ? [] : args.slice(end)
  return [...options.map(normalizeArgument), ...rest]
}

function normalizeArgument(argument: string): string {
  if (!argument.startsWith('-')) return argument
  const [name = '', ...values] = argument.split('=')
  const long = shortForms[name] ?? (name.startsWith('--') ? name.replaceAll('_', '-') : name)
  return [long, ...values].join('=')
}
