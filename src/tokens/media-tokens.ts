/**
 * Tokens of one image by its quality and its shape: what OpenAI asks for one, $0.011 to $0.25, at $40 for a million tokens
 * (price lists of gpt-image-1, read 2026-11-29).
 */
const imageTokens: Readonly<Record<string, { readonly square: number; readonly tall: number; readonly wide: number }>> =
  {
    low: { square: 272, tall: 408, wide: 400 },
    medium: { square: 1056, tall: 1584, wide: 1568 },
    high: { square: 4160, tall: 6240, wide: 6208 },
  }

/** Tokens of an image that a model of OpenAI makes: at most, where it chooses quality or size itself. */
export function madeImageTokens({ size, quality }: { readonly size?: unknown; readonly quality?: unknown }): number {
  const { square, tall, wide } = imageTokens[String(quality)] ?? imageTokens.high ?? { square: 0, tall: 0, wide: 0 }
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(String(size)) ?? []
  if (width === undefined || height === undefined) return tall
  return width === height ? square : Number(width) > Number(height) ? wide : tall
}

/** Speech is about so many characters a second. */
const charactersPerSecond = 15

/** Models of OpenAI that read aloud count about 1,250 tokens a minute: $0.015 at $12 for a million. */
const spokenTokensPerSecond = 21

/** Sound that is heard counts a token for each tenth of a second. */
const heardTokensPerSecond = 10

/** How long it takes to read a text aloud, in seconds. */
export function spokenSeconds(characters: number): number {
  return characters / charactersPerSecond
}

/** Tokens of a text that is read aloud. */
export function spokenTokens(characters: number): number {
  return Math.ceil(spokenSeconds(characters) * spokenTokensPerSecond)
}

/** Tokens of a sound that is heard. */
export function heardTokens(seconds: number): number {
  return Math.ceil(seconds * heardTokensPerSecond)
}
