import { whenPlaced } from './global-slot.ts'

/** Hears of the spans that OpenAI's Agents SDK makes. */
export interface OpenAiAgentsObserver {
  /** A trace was made, in which no span is yet. */
  createTrace(): void
  /** A span was made within another one, or within the current one; it has not begun. */
  createSpan(span: object, parent: unknown): void
}

const providerKey = Symbol.for('openai.agents.core.traceProvider')

/**
 * Follows the spans of OpenAI's Agents SDK: its agents and its tools have names there, also where its tracing is switched
 * off. The processors that it has, its own exporter among them, are left as they are, and nothing is sent anywhere.
 */
export function followOpenAiAgents(load: () => () => OpenAiAgentsObserver): void {
  let observer: OpenAiAgentsObserver | undefined
  const observing = () => {
    observer ??= load()()
    return observer
  }
  whenPlaced(providerKey, (provider) => {
    after(provider, 'createTrace', () => observing().createTrace())
    after(provider, 'createSpan', (span, [, parent]) => {
      if (typeof span === 'object' && span !== null) observing().createSpan(span, parent)
    })
  })
}

/** Calls a listener with what a method of an object gives, and with what it was given. */
function after(owner: object, method: string, listen: (made: unknown, given: readonly unknown[]) => void): void {
  const own: unknown = Reflect.get(owner, method)
  if (typeof own !== 'function') return
  Reflect.set(owner, method, function watched(this: unknown, ...given: readonly unknown[]): unknown {
    const made: unknown = Reflect.apply(own, this, given)
    try {
      listen(made, given)
    } catch {}
    return made
  })
}
