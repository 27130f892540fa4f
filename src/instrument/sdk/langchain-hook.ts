import { AsyncLocalStorage } from 'node:async_hooks'
import { whenPlaced } from './global-slot.ts'

/** A handler as LangChain's callback managers take one. */
export type LangchainHandler = object

const storageKey = Symbol.for('ls:tracing_async_local_storage')
const variablesKey = Symbol.for('lc:context_variables')
const hooksName = 'lc:configure_hooks'
const handlerName = 'sygra'
const hook = { contextVar: handlerName, inheritable: true }

/**
 * Gives LangChain a handler for all that it runs, as `registerConfigureHook` of `@langchain/core/context` does, without
 * importing any of it: LangChain looks for such hooks among its context variables, and is told of one more there. Nobody
 * else who asks for the context is answered otherwise than before.
 */
export function followLangchain(load: () => () => LangchainHandler): void {
  let handler: LangchainHandler | undefined
  const attach = (storage: object) => {
    const getStore: unknown = Reflect.get(storage, 'getStore')
    if (typeof getStore !== 'function') return
    Object.defineProperty(storage, 'getStore', {
      configurable: true,
      writable: true,
      value: function answer(this: unknown): unknown {
        const store: unknown = Reflect.apply(getStore, this, [])
        try {
          if (!isReadingVariables(1, answer)) return store
          handler ??= load()()
          return { [variablesKey]: withHook(Reflect.get(Object(store), variablesKey), handler) }
        } catch {
          return store
        }
      },
    })
  }
  // Only some of its parts make the storage; where none has, as with `@langchain/langgraph/prebuilt` alone, this is it.
  whenPlaced(storageKey, attach, () => (isReadingVariables(maxFrames) ? new AsyncLocalStorage() : undefined))
}

/** Between the one who asks for the storage and us. */
const maxFrames = 6

/**
 * LangChain reads its context variables with a function of this name, and nothing else with it: one of the callers, so many
 * above a function.
 */
function isReadingVariables(frames: number, above?: (...given: never[]) => unknown): boolean {
  const { stackTraceLimit } = Error
  const caller: { stack?: string } = {}
  Error.stackTraceLimit = frames
  Error.captureStackTrace(caller, above)
  Error.stackTraceLimit = stackTraceLimit
  return /\bat (?:\w+\.)?getContextVariable /.test(caller.stack ?? '')
}

function withHook(variables: unknown, handler: LangchainHandler): object {
  return new Proxy(Object(variables), {
    get(target: object, name) {
      if (name === handlerName) return handler
      const value: unknown = Reflect.get(target, name)
      if (typeof name !== 'symbol' || name.description !== hooksName) return value
      const hooks: readonly unknown[] = Array.isArray(value) ? value : []
      return hooks.includes(hook) ? hooks : [...hooks, hook]
    },
  })
}
