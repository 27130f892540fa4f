import {
  type CostLine,
  type FeeLine,
  type PriceReference,
  picodollarsOf,
  type RequestCost,
  type TokenLine,
} from '../metadata/cost.ts'
import {
  type FeeCount,
  type FeeUnit,
  promptTokensOf,
  type TokenClass,
  tokenClasses,
  type Usage,
} from '../metadata/usage.ts'
import type { NoRateCard, RateCard } from './rate-card.ts'
import { type FeeRate, feeRateOf } from './table/fees.ts'
import { type Rate, type Rates, usdPerMillionAt } from './table/rate.ts'

/**
 * What a request cost at a rate card: a line for each class of tokens and for each fee, in whole picodollars. What has no
 * price, and what is doubtful about the usage, makes the cost partial and is named in the reason.
 */
export function costOfUsage(usage: Usage, card: RateCard | NoRateCard): RequestCost {
  if (card.type === 'no-rate-card') {
    const { status, reason, hourly } = card
    return hourly === undefined ? { ...nothing, status, reason } : { ...nothing, status: 'partial', reason, hourly }
  }
  const fault = faultOf(usage)
  if (fault !== undefined) return unpriced(fault)
  const tokens = costOfTokens(usage, card)
  const fees = costOfFees(usage, card)
  const lines = [...tokens.lines, ...fees.lines]
  const picodollars = lines.reduce((sum, line) => sum + line.picodollars, 0)
  const reasons = [
    ...missingReason(card, [...tokens.missing.map(wordsOf), ...fees.missing.map(wordsOfFee)]),
    ...(tokens.missing.length === 0 && lacksInput(usage, card) ? ['the answer did not report its input tokens'] : []),
    ...cachedAudioReason(usage, card),
    ...(mayHaveImages(usage, card) ? ['the usage does not tell how many of the output tokens are images'] : []),
    ...(card.extraCharge === undefined ? [] : [card.extraCharge]),
    ...fees.doubts,
    ...(usage.doubts ?? []),
  ]
  if (reasons.length === 0) return { status: 'priced', picodollars, price: card.price, lines }
  const reason = [...new Set(reasons)].join('; ')
  const unpricedClasses = tokens.missing.length === 0 ? undefined : tokens.missing
  const gaps = fees.missing.length === 0 ? { unpricedClasses } : { unpricedClasses, unpricedFees: fees.missing }
  if (lines.length === 0) return { ...nothing, status: 'unpriced', ...gaps, reason }
  return { status: 'partial', picodollars, price: card.price, lines, ...gaps, reason }
}

function costOfTokens(
  usage: Usage,
  { rates }: RateCard,
): { readonly lines: CostLine[]; readonly missing: TokenClass[] } {
  const promptTokens = promptTokensOf(usage) ?? 0
  const lines: CostLine[] = []
  const missing: TokenClass[] = []
  for (const tokenClass of tokenClasses) {
    const tokens = usage[tokenClass]
    if (tokens === undefined || tokens === 0) continue
    const rate = rates[tokenClass]
    if (rate === undefined) missing.push(tokenClass)
    else if (tokenClass === 'cacheRead') lines.push(...linesOfCache(usage, rates, { rate, promptTokens }))
    else lines.push(lineOf(tokenClass, tokens, { rate, promptTokens }))
  }
  return { lines, missing }
}

/** Audio that was read from a cache is a line of its own where it has a price of its own. */
function linesOfCache(
  { cacheRead = 0, cachedAudio = 0 }: Usage,
  { cachedAudio: ofAudio }: Rates,
  { rate, promptTokens }: { readonly rate: Rate; readonly promptTokens: number },
): readonly TokenLine[] {
  const audio = ofAudio === undefined || isSameRate(ofAudio, rate) ? 0 : cachedAudio
  const lines = [
    [cacheRead - audio, rate],
    [audio, ofAudio ?? rate],
  ] as const
  return lines.flatMap(([tokens, of]) =>
    tokens === 0 ? [] : [lineOf('cacheRead', tokens, { rate: of, promptTokens })],
  )
}

/** Audio in a cache may cost more than text there: by a price that nobody lists, or for a number that nobody tells. */
function cachedAudioReason({ cacheRead = 0, cachedAudio, inputAudio = 0 }: Usage, { rates }: RateCard): string[] {
  if (cacheRead === 0 || rates.cacheRead === undefined) return []
  if (rates.cachedAudio === undefined) {
    const isDearer = rates.inputAudio === undefined || !isSameRate(rates.inputAudio, rates.input)
    return isDearer && (cachedAudio ?? 0) > 0
      ? [`${cachedAudio} of the cached tokens are audio, which has no listed price`]
      : []
  }
  const isTold = cachedAudio !== undefined || inputAudio === 0 || isSameRate(rates.cachedAudio, rates.cacheRead)
  return isTold ? [] : ['the usage does not tell how many of the cached tokens are audio']
}

function isSameRate(a: Rate | undefined, b: Rate | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function costOfFees(
  usage: Usage,
  { fees }: RateCard,
): { readonly lines: FeeLine[]; readonly missing: FeeUnit[]; readonly doubts: readonly string[] } {
  const lines: FeeLine[] = []
  const missing = new Set(uncountedFees(usage, fees))
  const doubts: string[] = []
  for (const fee of [...(usage.fees ?? []), ...impliedFees(usage, fees)]) {
    if (fee.quantity === 0) continue
    const rate = feeRateOf(fees, fee)
    if (rate?.usdPerUnit === undefined) {
      missing.add(fee.unit)
      continue
    }
    const { usdPerUnit, source, doubt } = rate
    const { unit, variant } = fee
    const quantity = rate.isOncePerRequest === true ? 1 : fee.quantity
    const line = { unit, variant, quantity, usdPerUnit, picodollars: picodollarsOf(quantity * usdPerUnit), source }
    if (line.picodollars > 0) lines.push(line)
    if (doubt !== undefined) doubts.push(doubt)
  }
  return { lines, missing: [...missing], doubts }
}

/** What every request of the model uses, where the usage does not say how many. */
function uncountedFees(usage: Usage, fees: readonly FeeRate[]): readonly FeeUnit[] {
  const expected = fees.filter(({ isExpected }) => isExpected === true).map(({ unit }) => unit)
  return expected.filter((unit) => usage.fees?.some((fee) => fee.unit === unit) !== true)
}

/** Fees that every request has, where its usage does not count them. */
function impliedFees(usage: Usage, fees: readonly FeeRate[]): readonly FeeCount[] {
  const units = new Set(fees.filter(({ isPerRequest }) => isPerRequest === true).map(({ unit }) => unit))
  const isCounted = (unit: FeeUnit) => usage.fees?.some((fee) => fee.unit === unit) === true
  return [...units].filter((unit) => !isCounted(unit)).map((unit) => ({ unit, quantity: 1 }))
}

/**
 * The same cost where the provider stated another one, which then counts, or where the request was a rehearsal. Ours is
 * kept beside a stated one; a statement that is no amount of money is ignored.
 */
export function withOrigin(cost: RequestCost, origin: CostOrigin): RequestCost {
  const { isSimulated, reportedUsd } = origin
  if (isSimulated === true) return rehearsed(cost)
  const picodollars = reportedUsd === undefined ? -1 : picodollarsOf(reportedUsd)
  if (!Number.isSafeInteger(picodollars) || picodollars < 0) return cost
  const { hourly, ...ofTokens } = cost
  // One that is not whole must not stand beside the stated one as if it were.
  const isWhole = cost.status === 'priced' && hourly === undefined
  const calculatedPicodollars = isWhole ? cost.picodollars : undefined
  return { ...ofTokens, price: cost.price ?? origin.price, status: 'reported', picodollars, calculatedPicodollars }
}

interface CostOrigin {
  readonly isSimulated?: boolean
  readonly reportedUsd?: number
  /** What a receipt names where the provider stated the cost and there is no price of ours. */
  readonly price?: PriceReference
}

function rehearsed(cost: RequestCost): RequestCost {
  switch (cost.status) {
    case 'partial':
    case 'unpriced':
    case 'free':
      return { ...cost, status: 'simulated', rehearsedStatus: cost.status }
    case 'priced':
    case 'reported':
    case 'simulated':
      return { ...cost, status: 'simulated' }
    default:
      return cost.status satisfies never
  }
}

/** No cost, and why. */
export function unpriced(reason: string): RequestCost {
  return { ...nothing, status: 'unpriced', reason }
}

const nothing = { picodollars: 0, lines: [] } as const

function lineOf(
  tokenClass: TokenClass,
  tokens: number,
  { rate, promptTokens }: { readonly rate: Rate; readonly promptTokens: number },
): TokenLine {
  const usdPerMillion = usdPerMillionAt(rate, promptTokens)
  // One millionth of a dollar is 1e6 picodollars.
  return { tokenClass, tokens, usdPerMillion, picodollars: Math.round(tokens * usdPerMillion * 1e6) }
}

function missingReason({ price }: RateCard, missing: readonly string[]): string[] {
  if (missing.length === 0) return []
  const ofTier = price.tier === 'standard' ? '' : ` in tier ${price.tier}`
  return [`no price of ${price.provider}'s ${price.product}${ofTier} for ${missing.join(', ')}`]
}

/** Images and text in the output differ in price by ten times, and some usage counts them together. */
function mayHaveImages({ output, outputImage }: Usage, { rates }: RateCard): boolean {
  if (output === undefined || output === 0 || outputImage !== undefined || rates.outputImage === undefined) return false
  return !isSameRate(rates.outputImage, rates.output)
}

// What is charged by the image, the page or the second has no tokens.
function lacksInput(usage: Usage, { rates }: RateCard): boolean {
  if (promptTokensOf(usage) !== undefined) return false
  // A training answers to nobody.
  if (usage.fees?.some(({ unit }) => unit === 'trainedToken') === true) return false
  const isChargedByFee = usage.fees?.some(({ unit }) => unitsInsteadOfTokens.has(unit)) === true
  return !isChargedByFee || Object.keys(rates).length > 0
}

const unitsInsteadOfTokens: ReadonlySet<FeeUnit> = new Set([
  'searchUnit',
  'request',
  'image',
  'page',
  'character',
  'audioSecond',
  'videoSecond',
])

/** A class of tokens in words for people. */
export function wordsOf(tokenClass: TokenClass): string {
  return words[tokenClass]
}

const words: Readonly<Record<TokenClass, string>> = {
  input: 'input',
  cacheRead: 'cached input',
  cacheWrite5m: 'cache writes (5 minutes)',
  cacheWrite1h: 'cache writes (1 hour)',
  inputAudio: 'audio input',
  inputImage: 'image input',
  inputVideo: 'video input',
  output: 'output',
  reasoning: 'reasoning',
  outputAudio: 'audio output',
  outputImage: 'image output',
}

/** What a fee is for, in words for people. */
export function wordsOfFee(unit: FeeUnit): string {
  return feeWords[unit]
}

const feeWords: Readonly<Record<FeeUnit, string>> = {
  webSearch: 'web searches',
  xSearch: 'X searches',
  fileSearch: 'file searches',
  grounding: 'grounding with a search',
  mapsGrounding: 'grounding with maps',
  searchUnit: 'search units',
  codeInterpreter: 'code execution',
  containerSecond: 'container time',
  toolCall: 'tool calls',
  request: 'the fee of a request',
  image: 'images',
  page: 'pages',
  character: 'characters',
  audioSecond: 'seconds of audio',
  videoSecond: 'seconds of video',
  trainedToken: 'trained tokens',
}

function faultOf(usage: Usage): string | undefined {
  let isReported = false
  for (const tokenClass of tokenClasses) {
    const tokens = usage[tokenClass]
    if (tokens === undefined) continue
    isReported = true
    if (!(tokens >= 0 && tokens <= Number.MAX_SAFE_INTEGER))
      return `${wordsOf(tokenClass)} is ${tokens}, not a number of tokens`
  }
  for (const { unit, quantity } of usage.fees ?? []) {
    isReported = true
    if (!(quantity >= 0 && quantity <= Number.MAX_SAFE_INTEGER))
      return `${wordsOfFee(unit)}: ${quantity} is no number of them`
  }
  return isReported ? undefined : ['the answer reported no usage', ...(usage.doubts ?? [])].join('; ')
}
