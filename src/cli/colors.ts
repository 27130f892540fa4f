/** True when a stream takes colours: a terminal, and neither NO_COLOR nor a dumb terminal says otherwise. */
export function usesColors(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
}
