import { nowMs } from '../../runtime/clock.ts'
import { recordRequest } from '../../runtime/collector/record-request.ts'
import { nextCallId, processPrices, runInScope, type Scope } from '../../runtime/scope.ts'
import { type AnswerFacts, type AnswerHeaders, createAnswerReader, type DeferredResult } from '../../usage/index.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { pathWithoutIds } from '../../usage/unknown-endpoint.ts'
import type { AnswerTap } from './answer-tap.ts'
import type { ModelEndpoint } from './begin-attempt.ts'
import { noteNotUnderstood } from './not-understood.ts'
import { wireState } from './wire-state.ts'

// Work that one request begins and a later one tells of: a response in the background, a batch. The two are linked by the
// id that the first was answered with, and the usage counts once, however often it is read.

/** Work that has begun and whose result has not been read. */
interface BegunWork {
  /** Where it belongs. */
  readonly scope: Scope
  readonly endpoint: ModelEndpoint
  /** Records the call that began it, where it was a call to a model. */
  readonly record?: (facts: AnswerFacts) => void
}

/** More would be a program that reads none of its results. */
const maxKept = 20_000

/** What a process knows of deferred work. Ids are known by the host that gave them. */
export class DeferredWork {
  readonly #begun = new Map<string, BegunWork>()
  readonly #counted = new Set<string>()
  readonly #files = new Set<string>()

  begin(id: string, work: BegunWork): void {
    this.#begun.set(keyOf(work.endpoint, id), work)
    const [oldest] = this.#begun
    if (this.#begun.size <= maxKept || oldest === undefined) return
    this.#begun.delete(oldest[0])
    noteUnread(oldest[1])
  }

  /** The work that has this id, or that a URL which reads its results names; it is not waited for any longer. */
  take(endpoint: ModelEndpoint, id: string): BegunWork | undefined {
    const key = keyOf(endpoint, id)
    const work = this.#begun.get(key)
    this.#begun.delete(key)
    return work
  }

  /** True the first time: then it is to be recorded. */
  count(endpoint: ModelEndpoint, id: string): boolean {
    const key = keyOf(endpoint, id)
    if (this.#counted.has(key)) return false
    addBounded(this.#counted, key)
    return true
  }

  /** A result named the file that has its answers. */
  nameFile(endpoint: ModelEndpoint, id: string): void {
    addBounded(this.#files, keyOf(endpoint, id))
  }

  isNamedFile(endpoint: ModelEndpoint): boolean {
    return partsOf(endpoint).some((part) => this.#files.has(keyOf(endpoint, part)))
  }

  /** Tells of work of a run whose results nobody has read: what it costs is not in the account. */
  noteUnread(runId: string): void {
    for (const [key, work] of this.#begun) {
      if (work.scope.collector.runId !== runId) continue
      this.#begun.delete(key)
      noteUnread(work)
    }
  }
}

function keyOf({ url }: ModelEndpoint, id: string): string {
  return `${url.host} ${id}`
}

function partsOf({ url }: ModelEndpoint): readonly string[] {
  return url.pathname.split('/')
}

function addBounded(set: Set<string>, key: string): void {
  set.add(key)
  const [oldest] = set
  if (set.size > maxKept && oldest !== undefined) set.delete(oldest)
}

function noteUnread({ scope, endpoint }: BegunWork): void {
  const { url, endpoint: known } = endpoint
  runInScope(scope, () =>
    noteNotUnderstood('request', {
      host: url.host,
      path: pathWithoutIds(url.pathname),
      provider: known.provider,
    }),
  )
}

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
      // Gemini names an operation, such as `batches/123`.
      const id = textOf(memberOf(document, 'id')) ?? textOf(memberOf(document, 'name'))
      // On a host that nobody knows, the path may mean anything.
      const isBatch = endpoint.endpoint.provider !== undefined || memberOf(document, 'object') === 'batch'
      if (!isBatch) return
      if (id === undefined) note()
      else wireState().deferred.begin(idIn(id), { scope, endpoint })
    },
    onLoss: note,
  })
}

function idIn(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** A tap on an answer that tells of deferred work; undefined where the answer is none of it. */
function createResultTap(scope: Scope, endpoint: ModelEndpoint, headers: AnswerHeaders): AnswerTap | undefined {
  const { format, endpoint: place } = endpoint.endpoint
  const { deferred } = wireState()
  if (place.isOfNamedFilesOnly && !deferred.isNamedFile(endpoint)) return undefined
  if (headers.get('content-type')?.includes('event-stream')) return createStreamTap(scope, endpoint, headers)
  let work: BegunWork | undefined
  return createDocumentTap({
    isLines: place.framing === 'ndjson',
    onDocument(document) {
      const result = format.readResult?.(document)
      if (result !== undefined) work = recordResult(scope, endpoint, result, work)
    },
    onLoss: () => noteUnread({ scope, endpoint }),
  })
}

/** A response that was begun in the background, read as a stream. */
function createStreamTap(scope: Scope, endpoint: ModelEndpoint, headers: AnswerHeaders): AnswerTap {
  const reader = createAnswerReader(endpoint.endpoint.format, { headers, isStream: true })
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

/** Records what answers tell; gives the work that the URL names, for the lines that follow. */
function recordResult(
  scope: Scope,
  endpoint: ModelEndpoint,
  { answers, files = [] }: DeferredResult,
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
    else recordDeferred(begun?.scope ?? scope, endpoint, facts)
  }
  return work
}

/** Records the usage of work that another process, or a batch, began. */
function recordDeferred(scope: Scope, { url, endpoint }: ModelEndpoint, facts: AnswerFacts): void {
  const atMs = nowMs()
  const record = () =>
    recordRequest(scope, {
      callId: nextCallId(),
      model: facts.model ?? 'unknown',
      upstreamModel: facts.model,
      url: url.href,
      baseUrl: endpoint.baseUrl,
      provider: facts.provider ?? endpoint.provider,
      status: 200,
      errorType: facts.errorType,
      resendCount: 0,
      startedAtMs: atMs,
      durationSeconds: 0,
      finishReason: facts.finishReason,
      serviceTier: facts.serviceTier,
      inferenceGeo: facts.inferenceGeo,
      isDeferred: true,
      responseId: facts.responseId,
      usage: facts.usage,
      rawUsage: facts.rawUsage,
      reportedUsd: facts.reportedCostUsd,
    })
  recordWithPrices(scope, record)
}

/** At once as a rule; when the user's prices have been read, where they are being read, or when the process ends. */
function recordWithPrices(scope: Scope, record: () => void): void {
  const loading = scope.prices === undefined ? processPrices().loading : undefined
  if (loading === undefined) {
    record()
    return
  }
  const { open } = wireState()
  const waiting = {
    scope,
    settle() {
      if (open.delete(waiting)) record()
    },
  }
  open.add(waiting)
  void loading.then(() => waiting.settle())
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
