import { isRecord } from './json-value.ts'

/**
 * What the numbers in a provider's object of usage mean: for each meaning the paths that have it, under every spelling in
 * use. A part of a path may be `*`; an element of a list goes by its `modality`, `ttl` or `type`.
 */
export type CountPaths<Meaning extends string> = Readonly<Record<Meaning, readonly string[]>>

export interface CountTableOptions {
  /** Paths of numbers that nobody is charged for, such as times and rates, and the day on which that was last checked. */
  readonly harmless?: { readonly asOf: string; readonly paths: readonly string[] }
  /** Meanings that need not be whole, such as seconds. */
  readonly measures?: readonly string[]
  /** Paths that the format reads by other means, with everything below them. */
  readonly readElsewhere?: readonly string[]
}

/** What was read of one object of usage. */
export interface Counts<Meaning extends string> {
  readonly of: Readonly<Partial<Record<Meaning, number>>>
  /** Numbers that are not 0 and whose meaning is not known, or that are no count, in words for people. */
  readonly doubts: readonly string[]
}

export type CountReader<Meaning extends string> = (usage: unknown) => Counts<Meaning>

interface Place<Meaning extends string> {
  meaning?: Meaning
  isMeasure?: boolean
  isLeftOut?: boolean
  readonly below: Map<string, Place<Meaning>>
}

/**
 * A reader by such a table. It looks at every number there is: what no path names and is not 0 becomes a doubt, so that
 * an amount that rests on the usage never looks whole by mistake. Of several spellings of one meaning the largest counts,
 * for a gateway that fills one leaves the others at 0.
 */
export function createCountReader<Meaning extends string>(
  paths: CountPaths<Meaning>,
  { harmless, measures = [], readElsewhere = [] }: CountTableOptions = {},
): CountReader<Meaning> {
  const root: Place<Meaning> = { below: new Map() }
  for (const meaning in paths) {
    for (const path of paths[meaning]) {
      const place = placeAt(root, path)
      place.meaning = meaning
      place.isMeasure = measures.includes(meaning)
    }
  }
  for (const path of [...(harmless?.paths ?? []), ...readElsewhere]) placeAt(root, path).isLeftOut = true
  return (usage) => {
    const reading: Reading<Meaning> = { of: {}, doubts: [] }
    if (isRecord(usage)) readMembers(reading, usage, root, '')
    return reading
  }
}

const readUnknownCounts: CountReader<never> = createCountReader({})

const unknownNumber = 'it is not known what '

/** Whether a doubt is about a number whose meaning nobody knows: counts that come later do not settle it. */
export function isOfUnknownNumber(doubt: string): boolean {
  return doubt.startsWith(unknownNumber)
}

const billingName = /usage|billed|billing|charges?$/i

/** Doubts about objects of usage and billing in an answer, or one level below it, that its format does not read. */
export function doubtsBeside(answer: unknown, known: readonly string[]): readonly string[] {
  if (!isRecord(answer)) return []
  const doubts: string[] = []
  for (const name in answer) {
    const value = answer[name]
    if (!isRecord(value)) continue
    if (billingName.test(name)) {
      if (!known.includes(name)) doubts.push(...readUnknownCounts({ [name]: value }).doubts)
      continue
    }
    // What a format reads one level below has a name that it knows as well.
    const isEnvelope = known.includes(name)
    for (const inner in value) {
      const below = value[inner]
      if (!billingName.test(inner) || !isRecord(below) || (isEnvelope && known.includes(inner))) continue
      doubts.push(...readUnknownCounts({ [inner]: below }).doubts)
    }
  }
  return doubts
}

interface Reading<Meaning extends string> {
  readonly of: Partial<Record<Meaning, number>>
  readonly doubts: string[]
}

/** What gateways call a usage that they have counted themselves. */
const estimateName = /^(?:is_?|usage_?)?estimated?$/i

const maxDoubts = 8
const maxDepth = 8

function readMembers<Meaning extends string>(
  reading: Reading<Meaning>,
  members: Record<string, unknown>,
  place: Place<Meaning> | undefined,
  path: string,
): void {
  for (const name in members) {
    const value = members[name]
    if (value === true && estimateName.test(name)) doubt(reading, 'the usage says of itself that it is an estimate')
    if (value === null || value === undefined || typeof value === 'boolean' || value === 0) {
      // Nothing but a count of 0 where a count is meant.
      const meaning = value === 0 ? placeOf(place, name)?.meaning : undefined
      if (meaning !== undefined) reading.of[meaning] ??= 0
      continue
    }
    readValue(reading, value, placeOf(place, name), path === '' ? name : `${path}.${name}`)
  }
}

function readValue<Meaning extends string>(
  reading: Reading<Meaning>,
  value: unknown,
  place: Place<Meaning> | undefined,
  path: string,
): void {
  if (place?.isLeftOut === true) return
  if (typeof value === 'number') readNumber(reading, value, place, path)
  else if (typeof value === 'string') {
    // A text that stands where a count is meant is a count, or none that can be read.
    if (place?.meaning !== undefined) readNumber(reading, value.trim() === '' ? Number.NaN : Number(value), place, path)
  } else if (path.split('.', maxDepth + 1).length > maxDepth) doubt(reading, `${shown(path)} is too deep to be read`)
  else if (Array.isArray(value)) readElements(reading, value, place, path)
  else if (isRecord(value)) readMembers(reading, value, place, path)
}

function readElements<Meaning extends string>(
  reading: Reading<Meaning>,
  elements: readonly unknown[],
  place: Place<Meaning> | undefined,
  path: string,
): void {
  // Elements of one kind are added up: each tells a part.
  const sums: Reading<Meaning> = { of: {}, doubts: reading.doubts }
  for (const element of elements.slice(0, maxElements)) {
    const part: Reading<Meaning> = { of: {}, doubts: reading.doubts }
    const label = labelOf(element)
    readValue(part, element, placeOf(place, label), `${path}.${label}`)
    for (const meaning in part.of) sums.of[meaning] = (sums.of[meaning] ?? 0) + (part.of[meaning] ?? 0)
  }
  if (elements.length > maxElements) doubt(reading, `${shown(path)} has more parts than were read`)
  for (const meaning in sums.of) keepLargest(reading, meaning, sums.of[meaning] ?? 0)
}

const maxElements = 64

const labelNames = ['modality', 'ttl', 'type']

function labelOf(element: unknown): string {
  if (!isRecord(element)) return '*'
  for (const name of labelNames) {
    const label = element[name]
    if (typeof label === 'string') return label
  }
  return '*'
}

function readNumber<Meaning extends string>(
  reading: Reading<Meaning>,
  value: number,
  place: Place<Meaning> | undefined,
  path: string,
): void {
  const meaning = place?.meaning
  if (meaning === undefined) {
    if (value !== 0) doubt(reading, `${unknownNumber}${shown(path)} (${value}) is charged at`)
    return
  }
  const isSound = place?.isMeasure === true ? Number.isFinite(value) : Number.isSafeInteger(value)
  if (isSound && value >= 0 && !isOverflow(value)) {
    keepLargest(reading, meaning, value)
    return
  }
  doubt(reading, `${shown(path)} is ${value}, which is no count`)
  const whole = Math.floor(value)
  if (Number.isSafeInteger(whole) && whole >= 0 && !isOverflow(value)) keepLargest(reading, meaning, whole)
}

/** What becomes of -1, or of another small negative number, and of "none" in the 32 bits of a server. */
function isOverflow(value: number): boolean {
  return value === 2 ** 31 - 1 || (value >= 2 ** 32 - 2 ** 16 && value < 2 ** 32)
}

function keepLargest<Meaning extends string>(reading: Reading<Meaning>, meaning: Meaning, value: number): void {
  const known = reading.of[meaning]
  if (known === undefined || value > known) reading.of[meaning] = value
}

function doubt(reading: Reading<string>, words: string): void {
  if (reading.doubts.length < maxDoubts && !reading.doubts.includes(words)) reading.doubts.push(words)
}

/** A name that is no short word could be a text. */
function shown(path: string): string {
  return /^[\w.:*-]{1,80}$/.test(path) ? path : 'a number under an unusual name'
}

function placeOf<Meaning extends string>(place: Place<Meaning> | undefined, name: string): Place<Meaning> | undefined {
  return place?.below.get(name) ?? place?.below.get('*')
}

function placeAt<Meaning extends string>(root: Place<Meaning>, path: string): Place<Meaning> {
  let place = root
  for (const part of path.split('.')) {
    let next = place.below.get(part)
    if (next === undefined) {
      next = { below: new Map() }
      place.below.set(part, next)
    }
    place = next
  }
  return place
}
