import { hexOf, integerBetween, type Random } from '../../seeded-random.ts'
import { textMatching } from './pattern.ts'
import { sentenceOn } from './prose.ts'

/** A text that keeps the format, pattern and length of a JSON Schema; else a sentence about the topics. */
export function stringFor(
  schema: Readonly<Record<string, unknown>>,
  { topics, random }: { readonly topics: readonly string[]; readonly random: Random },
): string {
  const format = typeof schema.format === 'string' ? formats[schema.format] : undefined
  if (format !== undefined) return format(random)
  if (typeof schema.pattern === 'string') {
    const text = textMatching({ pattern: schema.pattern, random })
    if (text !== undefined) return text
  }
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Number.POSITIVE_INFINITY
  let text = sentenceOn(topics, random)
  while (text.length < least) text += ` ${sentenceOn(topics, random)}`
  // A cut within a character of two code units would make it half a character.
  return text.length <= most ? text : [...text.slice(0, most)].join('').replace(/[\uD800-\uDBFF]$/, 'x')
}

const formats: Readonly<Record<string, (random: Random) => string>> = {
  'date-time': (random) => `${date(random)}T${time(random)}Z`,
  date,
  time: (random) => `${time(random)}Z`,
  duration: (random) => `PT${integerBetween({ least: 1, most: 59, random })}M`,
  email: (random) => `person${number(random)}@example.com`,
  hostname: (random) => `host${number(random)}.example.com`,
  uri: (random) => `https://example.com/${number(random)}`,
  url: (random) => `https://example.com/${number(random)}`,
  'uri-reference': (random) => `/${number(random)}`,
  ipv4: (random) => `192.0.2.${integerBetween({ least: 1, most: 254, random })}`,
  ipv6: (random) => `2001:db8::${hexOf(random, 4)}`,
  uuid: (random) =>
    `${hexOf(random, 8)}-${hexOf(random, 4)}-4${hexOf(random, 3)}-a${hexOf(random, 3)}-${hexOf(random, 12)}`,
}

function date(random: Random): string {
  const month = integerBetween({ least: 1, most: 12, random })
  const day = integerBetween({ least: 1, most: 28, random })
  return `2026-${twoDigits(month)}-${twoDigits(day)}`
}

function time(random: Random): string {
  const [hours, minutes, seconds] = [23, 59, 59].map((most) => integerBetween({ least: 0, most, random }))
  return [hours, minutes, seconds].map((value) => twoDigits(value ?? 0)).join(':')
}

function number(random: Random): number {
  return integerBetween({ least: 1, most: 9999, random })
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
