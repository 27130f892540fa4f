import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { recordExecution } from '../attempt/record-execution.ts'
import { wireState } from '../attempt/wire-state.ts'
import { placedUnder, storedUnder } from './global-slot.ts'
import type { OpenAiAgentsObserver } from './openai-agents-spans.ts'

const contextKey = Symbol.for('openai.agents.core.asyncLocalStorage')

/**
 * What is made of the spans of OpenAI's Agents SDK: one of an agent or of a function is an execution of it, and a request
 * that is sent within belongs to the innermost of each.
 */
export function observeOpenAiAgents(): OpenAiAgentsObserver {
  const { frameworks } = wireState()
  // By the data of a span, which the copies that the SDK makes of it share; of other spans that of the one around it.
  const ids = new WeakMap<object, string>()
  const idOf = (span: unknown): string | undefined => {
    let around = span
    for (let depth = 0; typeof around === 'object' && around !== null && depth < 100; depth += 1) {
      const data: unknown = memberOf(around, 'spanData')
      const id = typeof data === 'object' && data !== null ? ids.get(data) : undefined
      if (id !== undefined) return id
      around = memberOf(around, 'previousSpan')
    }
    return undefined
  }
  const contexts = new SpanContexts()
  const currentId = () => contexts.find((context) => idOf(memberOf(context, 'span')))
  frameworks.askFor(currentId)
  return {
    createTrace() {
      contexts.watch()
    },
    createSpan(span, parent) {
      contexts.watch()
      const data: unknown = memberOf(span, 'spanData')
      if (typeof data !== 'object' || data === null) return
      const parentId = idOf(parent) ?? currentId()
      const kind = kindOf(data)
      const name = textOf(memberOf(data, 'name'))
      if (kind === undefined || name === undefined) {
        if (parentId !== undefined) ids.set(data, parentId)
        return
      }
      const id = `openai-agents ${frameworks.nextNumber()}`
      ids.set(data, id)
      let hasFailed = false
      before(span, 'setError', () => {
        hasFailed = true
      })
      before(span, 'start', () =>
        frameworks.start({
          id,
          parentId,
          place: currentOrOutsideScope(),
          names: kind === 'agent' ? { agent: name } : { tool: name },
          executes: kind,
        }),
      )
      before(span, 'end', () => {
        const run = frameworks.end(id)
        if (run === undefined) return
        // The error of a span is its text and data, which may quote anything.
        if (!hasFailed) recordExecution(run, { type: 'succeeded' })
        // With tracing switched off an agent is told the errors of its tools, which it may have got over.
        else if (kind === 'agent' && isOff(span)) recordExecution(run, { type: 'ended' })
        else recordExecution(run, { type: 'failed', error: { code: 'error' } })
      })
    },
  }
}

/** The contexts that the SDK keeps its current span in. A run begins a new one, which may know nothing of that around it. */
class SpanContexts {
  readonly #outer = new WeakMap<object, object>()
  readonly #watched = new WeakSet<object>()

  /** Notes from now on within which other a context begins. */
  watch(): void {
    const storage = placedUnder(contextKey)
    if (storage === undefined || this.#watched.has(storage)) return
    this.#watched.add(storage)
    const run: unknown = Reflect.get(storage, 'run')
    if (typeof run !== 'function') return
    const note = (context: unknown) => this.#note(context)
    Object.defineProperty(storage, 'run', {
      configurable: true,
      writable: true,
      value(this: unknown, ...given: readonly unknown[]): unknown {
        note(given[0])
        return Reflect.apply(run, this, given)
      },
    })
  }

  /** The first of the contexts around the caller, from the innermost on, that gives something. */
  find<Found>(read: (context: object) => Found | undefined): Found | undefined {
    let context = storedUnder(contextKey)
    for (let depth = 0; context !== undefined && depth < 100; depth += 1) {
      const found = read(context)
      if (found !== undefined) return found
      context = this.#outer.get(context)
    }
    return undefined
  }

  #note(context: unknown): void {
    const outer = storedUnder(contextKey)
    if (typeof context === 'object' && context !== null && outer !== undefined && outer !== context)
      this.#outer.set(context, outer)
  }
}

/** Spans of a tracing that is switched off all have one id. */
function isOff(span: object): boolean {
  return memberOf(span, 'spanId') === 'no-op'
}

function kindOf(data: object): 'agent' | 'tool' | undefined {
  const type: unknown = memberOf(data, 'type')
  if (type === 'agent') return 'agent'
  return type === 'function' ? 'tool' : undefined
}

/** Calls a listener before a method of one object does what it does. */
function before(span: object, method: string, listen: () => void): void {
  const own: unknown = memberOf(span, method)
  if (typeof own !== 'function') return
  Object.defineProperty(span, method, {
    configurable: true,
    writable: true,
    enumerable: false,
    value(...given: readonly unknown[]): unknown {
      try {
        listen()
      } catch {}
      return Reflect.apply(own, span, given)
    },
  })
}
