import type { Environment, ExecutionContext, GitState } from '../metadata/event.ts'

/** On or off for several collectors at once; undefined leaves it to the environment. */
export interface CollectionSwitch {
  isEnabled: boolean | undefined
}

export interface CollectorOptions {
  readonly runId?: string
  readonly parentRunId?: string
  /** Shared by the collectors of a process; a collector made with `new` has its own. */
  readonly collection?: CollectionSwitch
  /** Off for this collector alone, whatever the switch says. */
  readonly isDisabled?: boolean
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

export interface TokenOptions {
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
}
