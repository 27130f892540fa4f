import { nowMs } from '../../runtime/clock.ts'
import { recordRequest } from '../../runtime/collector/record-request.ts'
import { nextCallId, type Scope } from '../../runtime/scope.ts'
import { mergeFacts } from '../../usage/answer-facts.ts'
import { isUnknownModelCall } from '../../usage/endpoints/unknown-endpoint.ts'
import {
  type AnswerFacts,
  type AnswerHeaders,
  createAnswerReader,
  type DeferredAnswer,
  type DeferredResult,
} from '../../usage/index.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import type { AnswerTap } from './answer-tap.ts'
import { type BegunWork, noteUnread, partsOf } from './begun-work.ts'
import type { ModelEndpoint } from './model-endpoint.ts'
import { recordWhenPriced } from './record-when-priced.ts'
import { wireState } from './wire-state.ts'

/** A tap on the answer to a request that begins deferred work or asks for its result; undefined where it tells nothing. */
export function createDeferredTap(
  scope: Scope,
  endpoint: ModelEndpoint,
  headers: AnswerHeaders,
): AnswerTap | undefined {
  const { role } = endpoint.endpoint.endpoint
  return role === 'deferred-start' ? createStartTap(scope, endpoint) : createResultTap(scope, endpoint, headers)
}

/** A tap on the answer to a request that hands work in: it learns the id under which that is told of. */
function createStartTap(scope: Scope, endpoint: ModelEndpoint): AnswerTap {
  const note = () => noteUnread({ scope, endpoint })
  return createDocumentTap({
    onDocument(document) {
      // Together wraps the batch.
      const job = memberOf(document, 'job') ?? document
      const id = idOf(job)
      // On a host that nobody knows, the path may mean anything: one that means models alone is told of.
      const kind = memberOf(document, 'object')
      const isWork = endpoint.endpoint.provider !== undefined || kind === 'batch' || kind === 'fine_tuning.job'
      if (!isWork && !isUnknownModelCall(endpoint.url, undefined)) return
      if (!isWork || id === undefined) note()
      else wireState().deferred.begin(id, { scope, endpoint })
    },
    onLoss: note,
  })
}

/** Gemini names an operation, such as `batches/123`. */
function idOf(job: unknown): string | undefined {
  const name = textOf(memberOf(job, 'id')) ?? textOf(memberOf(job, 'name'))
  return name?.slice(name.lastIndexOf('/') + 1)
}

/** A tap on an answer that tells of deferred work; undefined where the answer is none of it. */
function createResultTap(scope: Scope, endpoint: ModelEndpoint, headers: AnswerHeaders): AnswerTap | undefined {
  const { format, endpoint: place } = endpoint.endpoint
  const { deferred } = wireState()
  if (place.isOfNamedFilesOnly && !deferred.isNamedFile(endpoint)) return undefined
  if (headers.get('content-type')?.includes('event-stream')) return createStreamTap(scope, endpoint, headers)
  let work: BegunWork | undefined
  let count = 0
  return createDocumentTap({
    isLines: place.framing === 'ndjson',
    onDocument(document) {
      if (place.isList) {
        recordList(scope, endpoint, document)
        return
      }
      const result = format.readResult?.(document)
      if (result === undefined) return
      work = recordResult(scope, endpoint, withIds(result, endpoint.url.pathname, count), work)
      count += result.answers.length
    },
    onLoss: () => noteUnread({ scope, endpoint }),
  })
}

/** Records what a list tells of work that has begun here; what else is in it may be of any day. */
function recordList(scope: Scope, endpoint: ModelEndpoint, list: unknown): void {
  const { format } = endpoint.endpoint
  // Gemini lists operations.
  const listed = memberOf(list, 'data') ?? memberOf(list, 'operations')
  for (const one of Array.isArray(listed) ? listed : []) {
    const id = idOf(one)
    const result = format.readResult?.(one)
    if (id === undefined || result === undefined) continue
    const work = wireState().deferred.take(endpoint, id)
    if (work === undefined) continue
    recordResult(scope, endpoint, withIds(result, `${endpoint.url.pathname}/${id}`), work)
  }
}

/** A response that was begun in the background, read as a stream. */
function createStreamTap(scope: Scope, endpoint: ModelEndpoint, headers: AnswerHeaders): AnswerTap {
  const reader = createAnswerReader(endpoint.endpoint.format, { headers, request: () => ({ isStream: true }) })
  const finish = (facts: AnswerFacts) => {
    if (facts.isComplete && facts.responseId !== undefined)
      recordResult(scope, endpoint, { answers: [{ id: facts.responseId, facts, mayBeCounted: true }] })
  }
  return {
    chunk: (bytes) => reader.push(bytes),
    end: () => finish(reader.end()),
    fail: () => finish(reader.facts()),
    leave: () => finish(reader.facts()),
  }
}

/** The result with an id for each answer that has none: its place in what is found under a path. */
function withIds({ answers, ...result }: DeferredResult, path: string, count = 0): IdentifiedResult {
  return {
    ...result,
    answers: answers.map((answer, index) => {
      const id = answer.id ?? `${path}/${count + index}`
      return { ...answer, id, facts: { ...answer.facts, responseId: answer.facts.responseId ?? id } }
    }),
  }
}

type IdentifiedAnswer = DeferredAnswer & { readonly id: string }
type IdentifiedResult = Omit<DeferredResult, 'answers'> & { readonly answers: readonly IdentifiedAnswer[] }

/** Records what answers tell; gives the work that the URL names, for the lines that follow. */
function recordResult(
  scope: Scope,
  endpoint: ModelEndpoint,
  { answers, files = [] }: IdentifiedResult,
  known?: BegunWork,
): BegunWork | undefined {
  const { deferred } = wireState()
  let work = known
  // The URL names the batch, or the file of its answers.
  for (const part of partsOf(endpoint)) work ??= deferred.take(endpoint, part)
  for (const file of files) {
    deferred.nameFile(endpoint, file)
    if (work !== undefined) deferred.begin(file, work)
  }
  for (const { id, facts, mayBeCounted } of answers) {
    const begun = work ?? deferred.take(endpoint, id)
    if ((begun === undefined && mayBeCounted) || !deferred.count(endpoint, id)) continue
    if (begun?.record !== undefined) begun.record(facts)
    else recordDeferred(begun?.scope ?? scope, endpoint, mergeFacts({ model: begun?.endpoint.endpoint.model }, facts))
  }
  return work
}

/** Records the usage of work that another process, or a batch, began. */
function recordDeferred(scope: Scope, { url, endpoint }: ModelEndpoint, facts: AnswerFacts): void {
  const atMs = nowMs()
  const record = () =>
    recordRequest(
      scope,
      {
        type: 'request-end',
        callId: nextCallId(),
        model: facts.model ?? 'unknown',
        upstreamModel: facts.model,
        status: 200,
        errorType: facts.errorType,
        resendCount: 0,
        operation: endpoint.endpoint.operation ?? endpoint.format.operation,
        startedAtMs: atMs,
        durationSeconds: 0,
        finishReason: facts.finishReason,
        serviceTier: facts.serviceTier,
        inferenceGeo: facts.inferenceGeo,
        isDeferred: true,
        responseId: facts.responseId,
        usage: facts.usage,
        rawUsage: facts.rawUsage,
      },
      {
        url: url.href,
        baseUrl: endpoint.baseUrl,
        provider: facts.provider ?? endpoint.provider,
        reportedUsd: facts.reportedCostUsd,
      },
    )
  recordWhenPriced(scope, record)
}

interface DocumentTapOptions {
  readonly isLines?: boolean
  readonly onDocument: (document: unknown) => void
  /** A document was too long to be read. */
  readonly onLoss: () => void
}

/** A document, or one line, that is longer is not held. */
const maxDocumentBytes = 64 * 1024 * 1024
const lineFeed = 0x0a

/** Gathers an answer, or each line of it, and gives what it is as JSON. It never throws. */
function createDocumentTap({ isLines = false, onDocument, onLoss }: DocumentTapOptions): AnswerTap {
  let pieces: Uint8Array[] = []
  let length = 0
  let hasLost = false
  const add = (bytes: Uint8Array) => {
    length += bytes.length
    // A copy, for whoever reads the answer may take its buffer away.
    if (length <= maxDocumentBytes) pieces.push(bytes.slice())
    else pieces = []
  }
  const finish = () => {
    const isWhole = length <= maxDocumentBytes
    const text = Buffer.concat(pieces).toString('utf8')
    pieces = []
    length = 0
    try {
      if (!isWhole) hasLost = true
      else if (text.trim() !== '') onDocument(JSON.parse(text))
    } catch {}
  }
  const close = () => {
    finish()
    if (hasLost) onLoss()
  }
  return {
    chunk(bytes) {
      if (!isLines) {
        add(bytes)
        return
      }
      let from = 0
      for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, from)) {
        add(bytes.subarray(from, at))
        finish()
        from = at + 1
      }
      add(bytes.subarray(from))
    },
    end: close,
    fail: close,
    leave: close,
  }
}
