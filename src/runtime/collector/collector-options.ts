import type { Environment, ExecutionContext, GitState } from '../../metadata/event.ts'

/** On or off for several collectors at once; undefined leaves it to the environment. */
export interface CollectionSwitch {
  isEnabled: boolean | undefined
}

export interface CollectorOptions {
  readonly runId?: string
  readonly parentRunId?: string
  /** The name of this process in a run that several do: it is put into its events. */
  readonly worker?: string
  /** What happens here is only passed on: another process folds it, and there are no totals here. */
  readonly isFoldedElsewhere?: boolean
  /** Shared by the collectors of a process; a collector made with `new` has its own. */
  readonly collection?: CollectionSwitch
  /** Off for this collector alone, whatever the switch says. */
  readonly isDisabled?: boolean
}

/** Which process of a program a collector collects for. */
export interface ProgramPart {
  /** `w1` for the first one that called a model. */
  readonly worker: string
  /** The `sygra exec` that watches it. */
  readonly exec?: string
  /** Of a worker thread: its number within its process. */
  readonly thread?: number
}

export interface DatasetOptions {
  readonly sourceType: string
  readonly sourcePath?: string | null
  readonly numRecords?: number | null
  readonly startIndex?: number
  readonly datasetVersion?: string | null
  readonly datasetHash?: string | null
}

export interface DatasetSourceOptions extends Omit<DatasetOptions, 'numRecords' | 'startIndex'> {
  readonly alias: string
  readonly joinType?: string | null
}

interface TokenOptions {
  readonly promptTokens?: number
  readonly completionTokens?: number
  readonly totalTokens?: number
}

export interface ModelRequestOptions extends TokenOptions {
  readonly modelName: string
  readonly nodeName?: string
  /** Seconds from send to the last byte. */
  readonly latency?: number
  /** HTTP status; 200 when left out, 0 when no response arrived. */
  readonly responseCode?: number
  readonly isRetry?: boolean
  readonly modelConfig?: ModelConfig
  /** What it cost, in USD; left out when unknown. */
  readonly costUsd?: number
}

export interface ModelConfig {
  readonly type?: string
  readonly url?: string
  readonly parameters?: Readonly<Record<string, unknown>>
}

export interface NodeExecutionOptions extends TokenOptions {
  readonly nodeName: string
  readonly nodeType: string
  /** Seconds of wall time. */
  readonly latency?: number
  readonly success?: boolean
  readonly modelName?: string | null
  readonly costUsd?: number
}

export interface RunStartOptions {
  readonly context: ExecutionContext
  readonly environment: Environment
  readonly git: GitState
  readonly session?: number
  readonly startedAtMs?: number
  /** The span in which it is started; that of `TRACEPARENT` by default. */
  readonly traceparent?: string
  /** The program has OpenTelemetry of its own, which has a span of it. */
  readonly isTraced?: boolean
  /** The same on the monotonic clock, in seconds; 0 is the start of the process. Default: what `startedAtMs` says of it. */
  readonly startedAtMonotonic?: number
}
