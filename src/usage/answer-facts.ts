import { normalFinishReason } from '../metadata/events/finish-reason.ts'
import {
  completionTokensOf,
  inputClasses,
  outputClasses,
  promptTokensOf,
  type TokenClass,
  type Usage,
} from '../metadata/usage.ts'
import { isOfUnknownNumber } from './count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from './json-value.ts'
import type { AnswerFacts } from './wire-format.ts'

/** A doubt: servers fill in a 0 for what they have not counted. */
export const noOutputCounted = 'the answer has output and counts none'

/** A usage with more doubts about it; undefined where there is none. */
export function addDoubts(usage: Usage | undefined, doubts: readonly string[]): Usage | undefined {
  if (usage === undefined || doubts.length === 0) return usage
  return { ...usage, doubts: [...new Set([...(usage.doubts ?? []), ...doubts])] }
}

/** The facts with these doubts about their usage. */
export function withDoubts(facts: AnswerFacts, doubts: readonly string[]): AnswerFacts {
  if (doubts.length === 0) return facts
  return { ...facts, usage: addDoubts(facts.usage ?? {}, doubts) }
}

/** The earlier facts with everything that is known anew in place of what was; undefined hides nothing. */
export function mergeFacts(earlier: AnswerFacts, later: AnswerFacts): AnswerFacts {
  for (const _ in earlier) return merged(earlier, later)
  return later
}

/**
 * Later usage of a stream replaces earlier usage. But a message that counts nothing, as gateways send it after the one that
 * counts, replaces nothing, and one that counts the input or the output alone leaves the other as it was.
 */
function keepCounts(facts: Record<string, unknown>, earlier: AnswerFacts, later: AnswerFacts): void {
  const known = earlier.usage ?? {}
  const told = later.usage ?? {}
  const input = promptTokensOf(told)
  const output = completionTokensOf(told)
  const had = (promptTokensOf(known) ?? 0) + (completionTokensOf(known) ?? 0)
  if ((input ?? 0) + (output ?? 0) === 0) {
    if (had === 0) return
    facts.usage = told.fees === undefined ? known : { ...known, fees: told.fees }
    facts.rawUsage = earlier.rawUsage
    return
  }
  if (input !== undefined && output !== undefined) {
    // What is said so far only grows: one of the two counts something else.
    const before = completionTokensOf(known) ?? 0
    const fell = output < before ? [`the output counted fell from ${before} tokens to ${output}`] : []
    // The same input, counted again without its parts, has the parts that were told.
    const isSameInput = input === promptTokensOf(known) && !hasCache(told) && hasCache(known)
    const usage = isSameInput ? { ...told, ...classesIn(known, inputClasses) } : told
    facts.usage = addDoubts(usage, fell)
    return
  }
  const kept = classesIn(known, input === undefined ? inputClasses : outputClasses)
  facts.usage = { ...kept, ...told }
  if (isRecord(earlier.rawUsage) && isRecord(later.rawUsage))
    facts.rawUsage = { ...earlier.rawUsage, ...withoutNull(later.rawUsage) }
}

function hasCache({ cacheRead, cacheWrite5m, cacheWrite1h }: Usage): boolean {
  return (cacheRead ?? 0) + (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0) > 0
}

function withoutNull(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
}

function classesIn(usage: Usage, classes: readonly TokenClass[]): Usage {
  return Object.fromEntries(
    classes.flatMap((tokenClass) => (usage[tokenClass] === undefined ? [] : [[tokenClass, usage[tokenClass]]])),
  )
}

/** The facts without the fields that are undefined. */
export function factsOf(facts: AnswerFacts): AnswerFacts {
  return merged({}, facts)
}

function merged(earlier: AnswerFacts, later: AnswerFacts): AnswerFacts {
  const facts: Record<string, unknown> = { ...earlier }
  for (const name in later) {
    const value = later[name as keyof AnswerFacts]
    if (value !== undefined) facts[name] = value
  }
  if (earlier.usage !== undefined && later.usage !== undefined) {
    keepCounts(facts, earlier, later)
    const unsettled = earlier.usage.doubts?.filter(isOfUnknownNumber) ?? []
    if (unsettled.length > 0) return withDoubts(facts, unsettled)
  }
  return facts
}

/** A provider's word for why its model stopped, in the common form; `own` has the words that it alone uses. */
export function finishReasonOf(word: unknown, own?: Readonly<Record<string, string>>): string | undefined {
  const text = textOf(word)
  return text === undefined ? undefined : (own?.[text] ?? normalFinishReason(text))
}

const shortWord = /^[\w.:-]{1,64}$/

/**
 * The type of an error that came as a body or as a message of a stream, as every provider of the OpenAI, Anthropic,
 * Google and Hugging Face families writes it; undefined when there is no error. Never its text, which may quote a prompt.
 */
export function errorTypeIn(answer: unknown): string | undefined {
  if (!isRecord(answer)) return undefined
  const { error } = answer
  if (answer.type === 'error' && !isRecord(error)) return wordIn(answer.code) ?? 'error'
  if (answer.object === 'error') return wordIn(answer.type) ?? wordIn(answer.code) ?? 'error'
  if (error === undefined || error === null || error === false || error === '') return undefined
  if (!isRecord(error)) return wordIn(answer.error_type) ?? 'error'
  return wordIn(error.type) ?? wordIn(error.status) ?? wordIn(error.code) ?? 'error'
}

/** The type of a message that is an error by its event name, whatever its shape. */
export function errorTypeOf(message: unknown): string {
  return errorTypeIn(message) ?? wordIn(memberOf(message, 'type')) ?? wordIn(memberOf(message, 'code')) ?? 'error'
}

function wordIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && shortWord.test(value) ? value : undefined
}

const maxDepth = 5
const maxMembers = 64
const maxNameLength = 40
const shortPath = /^[\w.:/-]{1,40}$/

/**
 * A copy of a provider's usage object that is safe to keep: numbers, booleans, null and the short words that name them
 * (`TEXT`, `standard`), to a bounded size. Longer texts go, for they could hold a prompt.
 */
export function rawUsageOf(value: unknown): unknown {
  return isRecord(value) ? copyOf(value, 0) : undefined
}

function copyOf(value: unknown, depth: number): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'string') return shortPath.test(value) ? value : undefined
  if (depth >= maxDepth) return undefined
  if (Array.isArray(value)) return value.slice(0, maxMembers).map((element) => copyOf(element, depth + 1) ?? null)
  return isRecord(value) ? copyMembers(value, depth) : undefined
}

function copyMembers(value: Record<string, unknown>, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  let members = 0
  for (const name in value) {
    if (++members > maxMembers) break
    const member = copyOf(value[name], depth + 1)
    // Assigning to this one name would change the object's prototype.
    if (member !== undefined && name.length <= maxNameLength && name !== '__proto__') copy[name] = member
  }
  return copy
}

/** A doubt about a whole answer that says something, and whose usage counts the input alone. */
export function doubtsOfOutput(usage: Usage | undefined, answer: unknown): readonly string[] {
  if (usage === undefined || promptTokensOf(usage) === undefined || (completionTokensOf(usage) ?? 0) > 0) return []
  return saysSomething(answer) ? [noOutputCounted] : []
}

/**
 * Whether a whole answer says something, wherever its format has that: a text, a call of a tool. A look for answers that count
 * no output, so it need not find everything.
 */
function saysSomething(answer: unknown): boolean {
  if (!isRecord(answer)) return false
  const { choices, candidates, content, output, message } = answer
  return [
    ...listOf(choices).flatMap((choice) => [memberOf(choice, 'message'), memberOf(choice, 'text')]),
    ...listOf(candidates).flatMap((candidate) => listOf(memberOf(memberOf(candidate, 'content'), 'parts'))),
    ...listOf(content),
    // Of Responses a list of items, of Converse a message.
    ...listOf(output).flatMap((item) => [item, ...listOf(memberOf(item, 'content'))]),
    ...listOf(memberOf(memberOf(output, 'message'), 'content')),
    message,
  ].some(isSaid)
}

const saidUnder = ['text', 'content', 'tool_calls', 'functionCall', 'toolUse', 'arguments', 'refusal']

function isSaid(part: unknown): boolean {
  if (typeof part === 'string') return part !== ''
  if (memberOf(part, 'type') === 'tool_use') return true
  return saidUnder.some((name) => {
    const value = memberOf(part, name)
    return isRecord(value) || (isFilled(value) && !Array.isArray(value)) || (Array.isArray(value) && value.some(isSaid))
  })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
