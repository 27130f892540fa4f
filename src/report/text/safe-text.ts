// Controls, marks that turn the direction of text around, line separators, and halves of surrogate pairs.
const unsafePattern =
  /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

/**
 * Text of a file made safe to print: what could move the cursor, start a line or turn text around becomes visible, as
 * `\u001b`. Names, addresses and reasons come from files, and files come from anywhere.
 */
export function safeText(text: string, maxLength = 500): string {
  const safe = text.slice(0, maxLength).replaceAll(unsafePattern, escaped)
  return text.length > maxLength ? `${safe}…` : safe
}

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  if (character === '\r') return '\\r'
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
