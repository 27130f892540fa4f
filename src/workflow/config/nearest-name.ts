import { closest, distance } from 'fastest-levenshtein'

/** The known name that was probably meant; undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const wanted = name.toLowerCase()
  const byLowerCase = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]))
  const nearest = closest(wanted, [...byLowerCase.keys()])
  // A third of the letters may differ, so that short names are not taken for each other.
  const mostEdits = Math.floor(Math.max(wanted.length, nearest.length) / 3)
  if (distance(wanted, nearest) <= mostEdits) return byLowerCase.get(nearest)
  const letters = sortedLetters(wanted)
  const swapped = [...byLowerCase.keys()].find((candidate) => sortedLetters(candidate) === letters)
  return swapped === undefined ? undefined : byLowerCase.get(swapped)
}

function sortedLetters(name: string): string {
  return [...name].sort().join('')
}

/** `; did you mean "x"?` with the nearest known name, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}

/** Names in quotes with commas, the last after "or"; long lists are cut. */
export function oneOf(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`)
  if (names.length > most) return `${shown.join(', ')}, …`
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}
