/** A parsed value, or what is wrong with the text and at which character. */
type ParsedJson = { readonly value: unknown } | { readonly problem: string; readonly offset?: number }

/** Parses JSON without throwing; see `parseExactJson`. */
export function parseJson(text: string): ParsedJson {
  try {
    return { value: parseExactJson(text) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const position = /at position (\d+)/.exec(message)?.[1]
    const problem = `not valid JSON (${message.replace(/ at position \d+.*$/, '').replace(/, \.{0,3}".*$/s, '')})`
    const offset = position === undefined ? offsetOfEnd(message, text) : Number(position)
    return offset === undefined ? { problem } : { problem, offset }
  }
}

/** So many digits may be more than a number keeps. */
const longDigits = /\d{16}|\d[eE]\+?\d{3}/

/**
 * As `JSON.parse`, but numbers keep their values: an integer that a number would change, beyond ±(2^53 − 1), and a number too
 * large for any become text as it stands. Ids of posts and messages have 19 digits, and rounded two of them would be one.
 *
 * @throws SyntaxError of JSON.parse, with its positions.
 */
export function parseExactJson(text: string): unknown {
  if (!longDigits.test(text)) return JSON.parse(text)
  const quoted = withQuotedNumbers(text)
  // What is no JSON is parsed as it stands, so that the error names the right place.
  return quoted === undefined || !isJson(text) ? JSON.parse(text) : JSON.parse(quoted)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The text with the numbers in quotes that a number would not keep; undefined where there is none. */
function withQuotedNumbers(text: string): string | undefined {
  const token = /"|-?\d[\d.eE+-]*/g
  let [result, kept] = ['', 0]
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [number] = found
    if (number === '"') token.lastIndex = endOfString(text, found.index + 1)
    else if (!isKept(number)) {
      result += `${text.slice(kept, found.index)}"${number}"`
      kept = found.index + number.length
    }
  }
  return kept === 0 ? undefined : result + text.slice(kept)
}

function isKept(number: string): boolean {
  if (number.length < 5) return true
  const value = Number(number)
  // Also where it is written again as it stands, as 1e20 is when it was a number before.
  return /^-?\d+$/.test(number) ? Number.isSafeInteger(value) || String(value) === number : Number.isFinite(value)
}

/** Index behind the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (end - 1 - backslashes >= start && text[end - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return end + 1
  }
  return text.length
}

function offsetOfEnd(message: string, text: string): number | undefined {
  return message.includes('end of JSON input') ? text.length : undefined
}
