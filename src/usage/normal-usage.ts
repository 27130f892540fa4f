import type { FeeCount, Usage } from '../metadata/usage.ts'

/** Counts as a provider states them, with the rules by which its classes overlap. */
export interface StatedUsage {
  /** Input tokens as stated: with the cached ones, unless `isCacheExtra`. */
  readonly input?: number
  readonly cacheRead?: number
  /** Part of the cached ones. */
  readonly cachedAudio?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  /** Part of the input. */
  readonly inputAudio?: number
  /** Part of the input. */
  readonly inputImage?: number
  /** Part of the input. */
  readonly inputVideo?: number
  /** Output tokens as stated: with the reasoning, unless `isReasoningExtra`. */
  readonly output?: number
  readonly reasoning?: number
  /** Part of the output. */
  readonly outputAudio?: number
  /** Part of the output. */
  readonly outputImage?: number
  readonly total?: number
  /** The input is stated without the cached tokens. */
  readonly isCacheExtra?: boolean
  /** The output is stated without the reasoning; a stated total that says otherwise wins. */
  readonly isReasoningExtra?: boolean
  /** What the total has beyond its parts is reasoning, stated nowhere else. */
  readonly isRestReasoning?: boolean
  /** There is no output, so that a total alone is the input. */
  readonly isInputOnly?: boolean
  readonly fees?: readonly FeeCount[]
  readonly doubts?: readonly string[]
}

type Classes = { -readonly [C in keyof Usage]: Usage[C] }

/**
 * The normal form of stated counts: disjoint classes, and the stated total where it is another one. Tokens of the total
 * that belong to no class are a doubt. Undefined where nothing was stated.
 */
export function normalUsage(stated: StatedUsage): Usage | undefined {
  const usage: Classes = {}
  const isTotalInput = stated.isInputOnly === true && stated.input === undefined
  const inputTotal = addInput(usage, isTotalInput ? { ...stated, input: stated.total } : stated)
  const outputTotal = addOutput(usage, stated, inputTotal ?? 0)
  const doubts = [...(stated.doubts ?? [])]
  if (stated.total !== undefined) addRest(usage, doubts, stated, (inputTotal ?? 0) + (outputTotal ?? 0))
  // No model answers to nothing: servers fill in a 0 for what they have not counted.
  if (inputTotal === 0 && !hasFees(stated)) doubts.push('the answer counts no input tokens')
  if (stated.fees !== undefined && stated.fees.length > 0) usage.fees = stated.fees
  if (doubts.length > 0) usage.doubts = doubts
  for (const _ in usage) return usage
  return undefined
}

function hasFees({ fees }: StatedUsage): boolean {
  return fees !== undefined && fees.length > 0
}

/** What the stated total has beyond the sum of the classes. */
function addRest(usage: Classes, doubts: string[], { total = 0, isRestReasoning }: StatedUsage, sum: number): void {
  const rest = total - sum
  if (rest === 0) return
  if (rest > 0 && isRestReasoning === true) {
    usage.reasoning = (usage.reasoning ?? 0) + rest
    return
  }
  usage.statedTotal = total
  if (rest > 0) doubts.push(`${rest} tokens of the stated total belong to no class`)
}

function addInput(usage: Classes, stated: StatedUsage): number | undefined {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h } = stated
  if (cacheRead !== undefined) usage.cacheRead = cacheRead
  if (cacheRead !== undefined && stated.cachedAudio !== undefined && stated.cachedAudio > 0)
    usage.cachedAudio = Math.min(stated.cachedAudio, cacheRead)
  if (cacheWrite5m !== undefined) usage.cacheWrite5m = cacheWrite5m
  if (cacheWrite1h !== undefined) usage.cacheWrite1h = cacheWrite1h
  const cached = sumOf(cacheRead, cacheWrite5m, cacheWrite1h)
  if (input === undefined) return cached

  // More cached than input cannot be a part of it, whatever the provider's rule says.
  const isCacheInside = stated.isCacheExtra !== true && (cached ?? 0) <= input && !isCacheInTotal(stated, cached ?? 0)
  let rest = isCacheInside ? input - (cached ?? 0) : input
  // Audio, images and video that came from the cache are among the cached ones, so these may only take what is left.
  rest -= takeClass(usage, 'inputAudio', stated.inputAudio, rest)
  rest -= takeClass(usage, 'inputImage', stated.inputImage, rest)
  rest -= takeClass(usage, 'inputVideo', stated.inputVideo, rest)
  usage.input = rest
  return isCacheInside ? input : input + (cached ?? 0)
}

/** The stated total has the cached tokens beside the input: then they are no part of it, whatever the provider's rule. */
function isCacheInTotal({ input = 0, output = 0, total }: StatedUsage, cached: number): boolean {
  return cached > 0 && total === input + cached + output
}

function addOutput(usage: Classes, stated: StatedUsage, inputTotal: number): number | undefined {
  const { output, reasoning } = stated
  if (reasoning !== undefined) usage.reasoning = reasoning
  if (output === undefined) return reasoning

  const isInside = isReasoningInside(stated, inputTotal + output)
  let rest = isInside ? output - (reasoning ?? 0) : output
  rest -= takeClass(usage, 'outputAudio', stated.outputAudio, rest)
  rest -= takeClass(usage, 'outputImage', stated.outputImage, rest)
  usage.output = rest
  return isInside ? output : output + (reasoning ?? 0)
}

/** The stated total decides where it fits one reading; the provider's rule decides otherwise. */
function isReasoningInside({ output = 0, reasoning = 0, total, isReasoningExtra }: StatedUsage, sum: number): boolean {
  if (reasoning > output) return false
  if (total === sum) return true
  if (total === sum + reasoning) return false
  return isReasoningExtra !== true
}

function takeClass(
  usage: Classes,
  name: 'inputAudio' | 'inputImage' | 'inputVideo' | 'outputAudio' | 'outputImage',
  stated: number | undefined,
  available: number,
): number {
  if (stated === undefined) return 0
  const tokens = Math.min(stated, available)
  usage[name] = tokens
  return tokens
}

function sumOf(...counts: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined
  for (const count of counts) if (count !== undefined) sum = (sum ?? 0) + count
  return sum
}
