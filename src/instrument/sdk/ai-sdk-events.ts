/** What is read of an event of the telemetry; ai@6 and ai@7 tell of a call to a model by other names. */
export interface TelemetryEvent {
  readonly functionId?: string | undefined
  /** Of ai@7: the same from the start of a call to its end. */
  readonly callId?: string
  /** Of ai@6. */
  readonly model?: { readonly provider: string; readonly modelId: string }
  /** Of ai@7. */
  readonly provider?: string
  /** Of ai@7. */
  readonly modelId?: string
}

/** The start of what was asked for; `operationId` is told by ai@7. */
export interface StartEvent extends TelemetryEvent {
  readonly operationId?: string
}

/** A tool, as ai@6 tells of it. */
export interface ToolEvent extends TelemetryEvent {
  readonly toolCall?: { readonly toolName: string }
}

/** The end of a tool, as ai@6 tells it. */
export interface ToolEndEvent extends ToolEvent {
  readonly success?: boolean
  readonly error?: unknown
  readonly durationMs?: number
}

/** The end of what was asked for, or what it failed with, as ai@7 tells it. */
export interface EndEvent extends TelemetryEvent {
  readonly error?: unknown
}

/** What ai@7 asks for an object with publishes nothing on its channel, and calls integrations. */
export function isObjectOperation({ operationId }: StartEvent): boolean {
  return operationId === 'ai.generateObject' || operationId === 'ai.streamObject'
}
