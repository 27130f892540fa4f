import { isTimed, type RequestEnd, succeeded } from '../../metadata/event.ts'
import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import { trustOfRequest } from './cost-trust.ts'
import { NameIndex } from './name-index.ts'

type NumberArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array

const firstLength = 1024

/** The requests of a run in columns: some 85 bytes each, so that a million fit into memory. What was not reported is NaN. */
export class RequestTable {
  count = 0
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  readonly models = new NameIndex()
  readonly nodes = new NameIndex()
  readonly errorTypes = new NameIndex()
  readonly finishReasons = new NameIndex()
  readonly costReasons = new NameIndex()
  startedAtMs = new Float64Array(firstLength)
  durationSeconds = new Float32Array(firstLength)
  waitSeconds = new Float32Array(firstLength)
  timeToFirstTokenSeconds = new Float32Array(firstLength)
  status = new Uint16Array(firstLength)
  resendCount = new Uint8Array(firstLength)
  /** 1 when it gave an answer. */
  isAnswered = new Uint8Array(firstLength)
  /** 1 when its time is one that a provider took to answer. */
  isTimed = new Uint8Array(firstLength)
  /** Numbers of names, as all that follow; -1 for none. */
  model = new Int32Array(firstLength)
  node = new Int32Array(firstLength)
  record = new Int32Array(firstLength)
  errorType = new Int32Array(firstLength)
  finishReason = new Int32Array(firstLength)
  /** Digest of the call's id: within one record it tells calls apart. */
  call = new Uint32Array(firstLength)
  promptTokens = new Uint32Array(firstLength)
  completionTokens = new Uint32Array(firstLength)
  cachedTokens = new Uint32Array(firstLength)
  reasoningTokens = new Uint32Array(firstLength)
  costPicodollars = new Float64Array(firstLength)
  /** How far the cost can be trusted, as bits. */
  costTrust = new Uint8Array(firstLength)
  /** Why a cost is not known, or not whole. */
  costReason = new Int32Array(firstLength)

  /** Adds a request of the record with that number. */
  add(request: RequestEnd, record: number): void {
    const row = this.count
    if (row === this.status.length) this.#grow()
    const { startedAtMs, durationSeconds, usage } = request
    this.startedAtMs[row] = startedAtMs
    this.durationSeconds[row] = durationSeconds
    this.waitSeconds[row] = request.waitSeconds ?? Number.NaN
    this.timeToFirstTokenSeconds[row] = request.timeToFirstTokenSeconds ?? Number.NaN
    this.status[row] = request.status
    this.resendCount[row] = Math.min(255, request.resendCount)
    this.isAnswered[row] = succeeded(request) ? 1 : 0
    this.isTimed[row] = isTimed(request) ? 1 : 0
    this.model[row] = this.models.add(request.model)
    this.node[row] = this.nodes.add(request.node)
    this.record[row] = record
    this.errorType[row] = this.errorTypes.add(request.errorType)
    this.finishReason[row] = this.finishReasons.add(request.finishReason)
    this.call[row] = request.callId === undefined ? row : digestOf(request.callId)
    this.promptTokens[row] = usage === undefined ? 0 : (promptTokensOf(usage) ?? 0)
    this.completionTokens[row] = usage === undefined ? 0 : (completionTokensOf(usage) ?? 0)
    this.cachedTokens[row] = usage?.cacheRead ?? 0
    this.reasoningTokens[row] = usage?.reasoning ?? 0
    this.costPicodollars[row] = request.cost?.picodollars ?? Number.NaN
    this.costTrust[row] = trustOfRequest(request)
    this.costReason[row] = this.costReasons.add(request.cost?.reason)
    this.count += 1
    this.firstMs = Math.min(this.firstMs, startedAtMs)
    // As its row has it, rounded: what ends last is not to end behind it.
    this.lastMs = Math.max(this.lastMs, startedAtMs + (this.durationSeconds[row] ?? 0) * 1000)
  }

  #grow(): void {
    this.startedAtMs = grown(this.startedAtMs, Float64Array)
    this.durationSeconds = grown(this.durationSeconds, Float32Array)
    this.waitSeconds = grown(this.waitSeconds, Float32Array)
    this.timeToFirstTokenSeconds = grown(this.timeToFirstTokenSeconds, Float32Array)
    this.status = grown(this.status, Uint16Array)
    this.resendCount = grown(this.resendCount, Uint8Array)
    this.isAnswered = grown(this.isAnswered, Uint8Array)
    this.isTimed = grown(this.isTimed, Uint8Array)
    this.model = grown(this.model, Int32Array)
    this.node = grown(this.node, Int32Array)
    this.record = grown(this.record, Int32Array)
    this.errorType = grown(this.errorType, Int32Array)
    this.finishReason = grown(this.finishReason, Int32Array)
    this.call = grown(this.call, Uint32Array)
    this.promptTokens = grown(this.promptTokens, Uint32Array)
    this.completionTokens = grown(this.completionTokens, Uint32Array)
    this.cachedTokens = grown(this.cachedTokens, Uint32Array)
    this.reasoningTokens = grown(this.reasoningTokens, Uint32Array)
    this.costPicodollars = grown(this.costPicodollars, Float64Array)
    this.costTrust = grown(this.costTrust, Uint8Array)
    this.costReason = grown(this.costReason, Int32Array)
  }
}

function grown<Column extends NumberArray>(column: Column, Type: new (length: number) => Column): Column {
  const larger = new Type(column.length * 2)
  larger.set(column)
  return larger
}

/** FNV-1a, 32 bits. */
function digestOf(text: string): number {
  let digest = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    digest = Math.imul(digest ^ text.charCodeAt(index), 0x01000193)
  }
  return digest >>> 0
}
