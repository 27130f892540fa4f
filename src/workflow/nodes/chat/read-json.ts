import { parseExactJson } from '../../sources/formats/parse-json.ts'

/** JSON that was found in a text. */
export interface FoundJson {
  readonly value: unknown
}

/**
 * The JSON in the answer of a model: alone, in a fenced block or between sentences. Commas before a closing bracket and raw
 * line breaks within texts are forgiven; what is cut off is not completed. Integers that a number would not keep are text. Undefined when there is none.
 */
export function readJson(text: string): FoundJson | undefined {
  for (const candidate of candidatesIn(text)) {
    const found = parse(candidate) ?? parse(repaired(candidate))
    if (found !== undefined) return found
  }
  return undefined
}

function candidatesIn(text: string): readonly string[] {
  const fenced = [...text.matchAll(/```\w*[^\S\n]{0,20}\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  const begin = text.search(/[{[]/)
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
  const between = begin >= 0 && end > begin ? [text.slice(begin, end + 1)] : []
  return [text, ...fenced, ...between]
}

function parse(text: string): FoundJson | undefined {
  try {
    return { value: parseExactJson(text) }
  } catch {
    return undefined
  }
}

const controlCharacters: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function repaired(text: string): string {
  let result = ''
  let isInText = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (isInText) {
      result += controlCharacters[character] ?? character
      if (character === '\\') {
        at += 1
        result += text.charAt(at)
      } else if (character === '"') isInText = false
      continue
    }
    if (character === '"') isInText = true
    const isTrailingComma = character === ',' && /^\s*[}\]]/.test(text.slice(at + 1, at + 200))
    if (!isTrailingComma) result += character
  }
  return result
}
