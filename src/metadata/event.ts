import type { RequestCost } from './cost.ts'
import type { Usage } from './usage.ts'

/** What can happen in a run. A summary is a fold over these and nothing else. */
export type MetadataEvent =
  | RunStart
  | RunEnd
  | DatasetOpen
  | ModelOpen
  | NodeEnd
  | ActorEnd
  | RequestStart
  | RequestEnd
  | RecordEnd
  | CacheHit
  | BatchChange
  | ConcurrencyChange
  | NotUnderstood
  | WorkerStart
  | WorkerEnd
  | RecordDuplicate

export type RunStatus = 'running' | 'complete' | 'interrupted' | 'failed'

/** A run began, or was taken up again: each start is a session of the run. */
export interface RunStart {
  readonly type: 'run-start'
  readonly runId: string
  readonly parentRunId?: string
  /** 0 for the first start, n for the n-th resume. */
  readonly session: number
  readonly startedAtMs: number
  /** Offset of local time from UTC, for the timestamps of the file. */
  readonly utcOffsetMinutes: number
  readonly context: ExecutionContext
  readonly environment: Environment
  readonly git: GitState
  /** The span in which it was started, as the traceparent of W3C has it; of a process that was started in one by `TRACEPARENT`. */
  readonly traceparent?: string
  /** The process that began, where the run is what a program's processes did: each of them has a session of its own. */
  readonly worker?: string
  /** Names the `sygra exec` that watches the process, and that will say how the program ended. */
  readonly exec?: string
  /** Of a worker thread: its number within its process. */
  readonly thread?: number
}

/** The options of a run, as the file shows them. */
export interface ExecutionContext {
  readonly taskName?: string
  readonly runName?: string
  readonly outputDir?: string
  /** Null where others than the run say it, as workers of other machines do. */
  readonly batchSize?: number | null
  readonly checkpointInterval?: number
  readonly resumable?: boolean
  readonly debug?: boolean
  readonly outputPath?: string
  /** How many records were asked for; left out when all were. */
  readonly numRecords?: number
  readonly configHash?: string
  readonly graph?: GraphOutline
}

/** The nodes of a workflow and the ways between them; records begin at `START` and end at `END`. */
export interface GraphOutline extends NodeWays {
  /**
   * The nodes that are tasks of their own, by their whole names, with what is within them. The names there are whole too:
   * `outer.inner`; only START and END are not.
   */
  readonly subgraphs?: readonly (NodeWays & { readonly name: string })[]
}

/** Nodes and the ways between them, from START to END. */
export interface NodeWays {
  readonly nodes: readonly { readonly name: string; readonly type: string }[]
  /** `choice`: what the condition of the edge gives for this way; left out for a direct edge. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly choice?: string }[]
}

export interface Environment {
  readonly nodeVersion: string
  readonly sygraVersion: string
  readonly host?: string
  readonly pid?: number
}

/** State of the task's folder in git; empty outside a repository. */
export interface GitState {
  readonly commitHash?: string
  readonly branch?: string
  readonly isDirty?: boolean
  /** Without credentials. */
  readonly remoteUrl?: string
}

export interface RunEnd {
  readonly type: 'run-end'
  readonly session: number
  readonly status: RunStatus
  readonly endedAtMs: number
  /** Of this session, from a monotonic clock. */
  readonly durationSeconds: number
  /** How many records ended in this session. */
  readonly records?: number
  /** Why the run failed or was interrupted. */
  readonly reason?: string
  /** Another process has said so, which took the one of the session for dead. */
  readonly isPresumed?: boolean
  /** The program has OpenTelemetry of its own, which has a span of it. */
  readonly isTraced?: boolean
  /** As in the start of the session. */
  readonly worker?: string
  /** Said by the `sygra exec` of this name, of the program as a whole. */
  readonly exec?: string
}

/** A data source was opened, or more became known of it: what is stated later replaces what was. */
export interface DatasetOpen {
  readonly type: 'dataset-open'
  /** Set when there are several sources. */
  readonly alias?: string
  readonly sourceType?: string
  readonly sourcePath?: string
  readonly startIndex?: number
  readonly datasetVersion?: string
  readonly datasetHash?: string
  readonly joinType?: string
  /** Stated by the caller; otherwise the records that ended are counted. */
  readonly numRecords?: number
}

/** A model was called for the first time with these parameters. */
export interface ModelOpen {
  readonly type: 'model-open'
  /** Model as the caller named it; the key under `models` in the file. */
  readonly model: string
  /** The provider's own name, where it is another one. */
  readonly upstreamModel?: string
  /** Such as `OpenAI`, `AzureOpenAI`, `VLLM`. */
  readonly modelType?: string
  readonly provider?: string
  /** Without query and credentials; several when requests are shared among them. */
  readonly url?: string | readonly string[]
  /** Without secrets. */
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** One pass of one record through a node ended. */
export interface NodeEnd {
  readonly type: 'node-end'
  /** The process of the run that it happened in; left out where the run is one process. */
  readonly worker?: string
  readonly node: string
  readonly nodeType: string
  readonly model?: string
  readonly recordId?: string
  readonly succeeded: boolean
  readonly durationSeconds: number
  readonly errorType?: string
  /** Tokens and cost that the caller states, for programs whose requests name no node. */
  readonly stated?: { readonly usage?: Usage; readonly costPicodollars?: number }
  /** The execution of an agent or a tool that it ran in, as `ActorEnd` names it. */
  readonly within?: string
  /** The program has OpenTelemetry of its own, which has a span of it. */
  readonly isTraced?: boolean
}

/** An agent, or a tool that a model asked for, ended its work. What its requests used is kept with the requests. */
export interface ActorEnd {
  readonly type: 'actor-end'
  readonly kind: ActorKind
  readonly name: string
  readonly node?: string
  readonly recordId?: string
  /** Left out where nobody told: of work that had not ended with the process, or whose outcome its framework keeps. */
  readonly succeeded?: boolean
  /** Wall time, whatever it called included; left out where its end was not told, or may be that of another. */
  readonly durationSeconds?: number
  readonly errorType?: string
  /** The id of its span, by which its requests and what began in it name it. */
  readonly execution?: string
  /** The execution of an agent or a tool that it began in, the innermost one. */
  readonly within?: string
  /** The program has OpenTelemetry of its own, which has a span of it. */
  readonly isTraced?: boolean
}

export type ActorKind = 'agent' | 'tool'

/** One HTTP attempt to a model is about to be sent; recorded where a ledger keeps it, so that a crash does not hide it. */
export interface RequestStart {
  readonly type: 'request-start'
  /** The process of the run that it happened in; left out where the run is one process. */
  readonly worker?: string
  readonly callId?: string
  readonly model: string
  readonly node?: string
  readonly recordId?: string
  readonly resendCount: number
  readonly startedAtMs: number
  /** As in `RequestEnd`. */
  readonly bodyHash?: string
}

/** One HTTP attempt to a model ended, with a response or without one. */
export interface RequestEnd {
  readonly type: 'request-end'
  /** The process of the run that it happened in; left out where the run is one process. */
  readonly worker?: string
  /** The call this attempt belongs to; attempts of one call share it. */
  readonly callId?: string
  /** Model as the caller named it; the key under `models` in the file. */
  readonly model: string
  readonly node?: string
  readonly recordId?: string
  /** The innermost agent that it was sent in. */
  readonly agent?: string
  /** The innermost tool that it was sent in. */
  readonly tool?: string
  /** The other agents that it was sent in, each once. */
  readonly outerAgents?: readonly string[]
  /** The other tools that it was sent in, each once. */
  readonly outerTools?: readonly string[]
  /** The execution of an agent or a tool that it was sent in, the innermost one: the id of its span, as `ActorEnd` has it. */
  readonly execution?: string
  /** HTTP status; 0 when no response arrived. */
  readonly status: number
  /** Set when the attempt failed, whatever its status: an error inside a stream comes with status 200. */
  readonly errorType?: string
  /** 0 for the first try, n for the n-th retry. */
  readonly resendCount: number
  /** The rule that linked this attempt to the one it repeats. */
  readonly attemptLink?: AttemptLink
  readonly startedAtMs: number
  /** From send to the last byte of the body, in seconds; the wait before a retry is not in it. */
  readonly durationSeconds: number
  /** The attempt this one repeats had an answer, which the caller could not use: it was no failed attempt. */
  readonly repeatsAnswer?: boolean
  /** From the end of the attempt this one repeats to its own send. */
  readonly waitSeconds?: number
  /** From the first try's send to the end of this attempt; left out when it is the first try. */
  readonly callDurationSeconds?: number
  readonly timeToFirstTokenSeconds?: number
  readonly isStream?: boolean
  /** What was asked for, as OpenTelemetry's conventions name it: `chat`, `embeddings`, …; left out where nothing tells. */
  readonly operation?: string
  /** The reader went away, or the connection broke, before the end of the body. */
  readonly isAborted?: boolean
  readonly finishReason?: string
  readonly serviceTier?: string
  /** Where the answer says that the model ran, as Anthropic names it: `us`. Some places have a price of their own. */
  readonly inferenceGeo?: string
  /**
   * A gateway answered from what it had kept. The provider was not asked, so it costs nothing and its time says nothing of
   * the provider; `calculatedPicodollars` of the cost is what it would have cost.
   */
  readonly isGatewayCacheHit?: boolean
  /**
   * The work was done later than it was asked for, and another request told of it: its time says nothing of the provider.
   * By its `responseId` it counts once.
   */
  readonly isDeferred?: boolean
  readonly responseId?: string
  /** Where the answer is kept, as in `CacheHit`; only in a run that keeps answers. */
  readonly cacheSlot?: string
  readonly upstreamModel?: string
  /** Digest of the request body, to find repeated prompts; never the text. */
  readonly bodyHash?: string
  /** Digests of the first 4,096, 16,384 and 65,536 characters of the body, so far as it is longer than that. */
  readonly prefixHashes?: readonly string[]
  /** Undefined when the provider reported none. */
  readonly usage?: Usage
  /** The provider's usage object as it came; numbers only. */
  readonly rawUsage?: unknown
  /** A lower bound or an estimate where there is no exact usage; never inside exact totals. */
  readonly estimatedUsage?: Usage
  /** Left out when the caller knows no price. */
  readonly cost?: RequestCost
  /** A `request-start` went before it. */
  readonly isAnnounced?: boolean
  /** The span in which it was sent, as the traceparent of W3C has it: of its own header, or the one that was active. */
  readonly traceparent?: string
  /** The id of its span, where that was sent along as the parent of what is to come. */
  readonly spanId?: string
  /** The program has OpenTelemetry of its own, which was told of it. */
  readonly isTraced?: boolean
}

/**
 * A call was answered by what the cache of the run had kept of an earlier one: no request was made and nothing was spent. What
 * is said of usage and cost is what a request would have come to.
 */
export interface CacheHit {
  readonly type: 'cache-hit'
  /** The process of the run that it happened in; left out where the run is one process. */
  readonly worker?: string
  /** Model as the caller named it; the key under `models` in the file. */
  readonly model: string
  readonly node?: string
  readonly recordId?: string
  /** The first digits of a digest of what was asked, and which of the answers to it: `0f3a…:0`. Never the text. */
  readonly slot: string
  readonly atMs: number
  /** When the answer was kept. */
  readonly keptAtMs?: number
  readonly upstreamModel?: string
  readonly finishReason?: string
  /** What the answer had used when it was asked for; undefined where that was not reported. */
  readonly avoidedUsage?: Usage
  /** What that would have cost at the prices of today. */
  readonly avoidedCost?: RequestCost
}

/** Something happened to a batch of calls that the run handed in to a provider. */
export interface BatchChange {
  readonly type: 'batch-change'
  /** The run's own name of it, which it was given before it was handed in. */
  readonly batch: string
  readonly model: string
  readonly state: BatchState
  /** How many calls it holds. */
  readonly lines: number
  readonly atMs: number
  readonly bytes?: number
  /** The provider's name of it, once it has one. */
  readonly providerId?: string
  /** How many of its calls have an answer or an error, as far as the provider has said. */
  readonly answered?: number
  readonly reason?: string
}

/**
 * `submitting`: it is about to be handed in, and may be there already. `waiting`: the provider has it. `ended`: its results were
 * read. `failed`: the provider has refused it whole, or it was cancelled. `withdrawn`: it never arrived.
 */
export type BatchState = 'submitting' | 'waiting' | 'ended' | 'failed' | 'withdrawn'

export type AttemptLink = 'operation' | 'invocation' | 'header' | 'hash'

/** One record went through the workflow, or failed on the way. */
export interface RecordEnd {
  readonly type: 'record-end'
  /** The process of the run that did it; left out where the run is one process. */
  readonly worker?: string
  readonly recordId?: string
  readonly succeeded: boolean
  readonly durationSeconds?: number
  /** What its requests cost, failed attempts included; integer picodollars. */
  readonly costPicodollars?: number
  readonly errorType?: string
  /** Why it failed, without any text of prompts or answers. */
  readonly reason?: string
  /** The record failed in an earlier session and was done again: that failure is taken back. */
  readonly repeatsFailure?: boolean
  /** The record had succeeded, but its row was lost, and it was done again: it counts once. */
  readonly repeatsSuccess?: boolean
  /** CRC-32 of its row in the output, as 8 hexadecimal digits; empty when it gives no row, left out outside workflows. */
  readonly rowChecksum?: string
  /** The program has OpenTelemetry of its own, which has a span of it. */
  readonly isTraced?: boolean
}

/** A process has joined a run to do a part of its records. */
export interface WorkerStart {
  readonly type: 'worker-start'
  /** `w1`, `w2`, …: no two of a run have the same, in whatever session. */
  readonly worker: string
  readonly session: number
  /** By the clock of who hands out the records. */
  readonly startedAtMs: number
  readonly environment: Environment
  /** How many records it does at once; left out for a process of a program. */
  readonly concurrency?: number
  /**
   * How it is reached: `process` for a child process of the run, which writes its own ledger when the run has died; `none` for
   * a process of a program that is watched, which nobody gives records.
   */
  readonly transport?: string
  /** The program's file, of a process that is watched. */
  readonly program?: string
  /** Of a worker thread: its number within its process. */
  readonly thread?: number
}

/** A worker has left the run. */
export interface WorkerEnd {
  readonly type: 'worker-end'
  readonly worker: string
  readonly endedAtMs: number
  readonly durationSeconds: number
  /** Why it left before its work was done: `killed by SIGKILL`. */
  readonly reason?: string
  /** How a process of a program ended. */
  readonly status?: RunStatus
}

/** A worker worked on a record in vain, because another one had been given it too: what that cost stays spent. */
export interface RecordDuplicate {
  readonly type: 'record-duplicate'
  readonly recordId: string
  readonly worker: string
  /** What its requests cost; integer picodollars. */
  readonly costPicodollars: number
  readonly durationSeconds: number
}

/** How many requests may be in flight to a provider at once was changed. */
export interface ConcurrencyChange {
  readonly type: 'concurrency-change'
  /** Provider and host; requests with another key of the provider have their own limit. */
  readonly provider: string
  readonly limit: number
  /** `workers`: one has joined or left, and with it the requests it may have in flight. */
  readonly reason: 'start' | 'rate-limit' | 'growth' | 'workers'
  readonly atMs: number
}

/**
 * Something went to a model as it seems, and nothing of it is in the account: a request that no wire format takes, a socket
 * whose messages are not read, or a process that could not be watched.
 */
export interface NotUnderstood {
  readonly type: 'not-understood'
  readonly kind: NotUnderstoodKind
  /** Of a process: what was started. */
  readonly host: string
  /** Without query, ids and secrets. */
  readonly path: string
  /** Who serves the host, where that is known. */
  readonly provider?: string
  readonly node?: string
  readonly recordId?: string
  readonly atMs: number
}

export type NotUnderstoodKind = 'request' | 'socket' | 'process'

/** True when the provider was asked: a gateway that answers from its cache says nothing of how fast the provider is. */
export function reachedProvider({ isGatewayCacheHit }: Pick<RequestEnd, 'isGatewayCacheHit'>): boolean {
  return isGatewayCacheHit !== true
}

/** True when the attempt gave an answer: a status of 2xx and no error inside the body. */
export function succeeded(request: Pick<RequestEnd, 'status' | 'errorType'>): boolean {
  return request.status >= 200 && request.status < 300 && request.errorType === undefined
}

/** Its time tells of the provider: what was kept, or was done later than it was asked for, has none that does. */
export function isTimed(request: Pick<RequestEnd, 'isGatewayCacheHit' | 'isDeferred'>): boolean {
  return reachedProvider(request) && request.isDeferred !== true
}
