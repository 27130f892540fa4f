import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { KeptFacts } from '../../runtime/collector/record-cache-hit.ts'
import { checksumOf } from '../../runtime/ledger/ledger-line.ts'
import { bytesAs } from './bytes-in-json.ts'

/** An answer as it is kept: what a node reads of it, and what it had used. */
export interface KeptAnswer {
  readonly result: LanguageModelV3GenerateResult
  readonly facts: Omit<KeptFacts, 'slot' | 'keptAtMs'>
}

const version = 1

/** What an answer is kept under: what was asked, and which of the answers to it. */
export interface AnswerPlace {
  readonly key: string
  readonly sample: number
}

/** The text of a kept answer: a line that says what it is, with a checksum of the second, which is the answer. */
export function formatKeptAnswer({ key, sample }: AnswerPlace, answer: KeptAnswer, keptAtMs: number): string {
  const { content, finishReason, usage, warnings, providerMetadata } = answer.result
  const result = { content, finishReason, usage, warnings, providerMetadata }
  const text = JSON.stringify({ facts: answer.facts, result }, tagBytes)
  return `${JSON.stringify({ v: version, key, sample, keptAtMs, checksum: checksumOf(text) })}\n${text}\n`
}

/** Reads a kept answer; undefined where it is none, of another place or version, or damaged. */
export function parseKeptAnswer(
  text: string,
  { key, sample }: AnswerPlace,
): (KeptAnswer & { readonly keptAtMs: number }) | undefined {
  const lineEnd = text.indexOf('\n')
  if (lineEnd < 0 || !text.endsWith('\n')) return undefined
  const bodyText = text.slice(lineEnd + 1, -1)
  try {
    const said: unknown = JSON.parse(text.slice(0, lineEnd))
    if (!isHead(said) || said.v !== version || said.key !== key || said.sample !== sample) return undefined
    if (said.checksum !== checksumOf(bodyText)) return undefined
    // Few answers have bytes in them, and to look at each value takes longer than all the rest.
    const parsed: unknown = bodyText.includes(escapedBytesKey) ? JSON.parse(bodyText, untagBytes) : JSON.parse(bodyText)
    return isKeptAnswer(parsed) ? { ...parsed, keptAtMs: said.keptAtMs } : undefined
  } catch {
    return undefined
  }
}

interface Head extends AnswerPlace {
  readonly v: number
  readonly keptAtMs: number
  readonly checksum: string
}

// These run for every hit; a schema would take longer than the reading.

function isHead(value: unknown): value is Head {
  return typeof value === 'object' && value !== null && 'keptAtMs' in value && typeof value.keptAtMs === 'number'
}

/** What the checksum vouches for was written by us: this is for a hand that wrote it anew. */
function isKeptAnswer(value: unknown): value is KeptAnswer {
  if (typeof value !== 'object' || value === null || !('result' in value) || !('facts' in value)) return false
  const { result, facts } = value
  if (typeof facts !== 'object' || facts === null || !('model' in facts)) return false
  if (typeof result !== 'object' || result === null || !('content' in result) || !('finishReason' in result)) {
    return false
  }
  return Array.isArray(result.content) && typeof result.finishReason === 'object' && result.finishReason !== null
}

const bytesKey = '\u0000bytes'
const escapedBytesKey = '"\\u0000bytes"'

const tagBytes = bytesAs((base64) => ({ [bytesKey]: base64 }))

function untagBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(bytesKey in value)) return value
  return new Uint8Array(Buffer.from(String(value[bytesKey]), 'base64'))
}
