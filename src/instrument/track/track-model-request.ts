import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { memberOf } from '../../usage/json-value.ts'
import { onOutcome } from './on-outcome.ts'
import type { TrackOptions } from './tracked-request.ts'
import { TrackedRequest } from './tracked-request.ts'

type Method = (this: never, ...args: never[]) => unknown

/**
 * Accounts for a function, or for a method as its decorator, that asks a model: duration, status, tokens and cost, read
 * from what it gives (OpenAI's shape, TGI's, those of other providers and SDKs, or by `usage`). What it gives or throws
 * goes on unchanged. Where a request within was seen at the wire, that is what counts, and only the model's name is taken
 * from here.
 *
 * @example
 * const ask = trackModelRequest((prompt: string) => myModel.generate(prompt), { model: 'my-model' })
 * class Custom {
 *   modelName = 'my-model'
 *   @trackModelRequest
 *   async generate(prompt: string) { … }
 * }
 */
export function trackModelRequest<F extends Method>(method: F, context: ClassMethodDecoratorContext): F
export function trackModelRequest<F extends Method>(run: F, options?: TrackOptions): F
export function trackModelRequest(
  options: TrackOptions,
): <F extends Method>(run: F, context?: ClassMethodDecoratorContext) => F
export function trackModelRequest(
  first: Method | TrackOptions,
  second: ClassMethodDecoratorContext | TrackOptions = {},
): unknown {
  if (typeof first !== 'function') return (run: Method) => track(run, first)
  return track(first, isDecoratorContext(second) ? {} : second)
}

function isDecoratorContext(value: object): value is ClassMethodDecoratorContext {
  return memberOf(value, 'kind') === 'method' && memberOf(value, 'addInitializer') !== undefined
}

function track(run: Method, options: TrackOptions): Method {
  const tracked = function (this: unknown, ...args: unknown[]): unknown {
    const scope = currentOrOutsideScope()
    const call = (): unknown => Reflect.apply(run, this, args)
    if (!scope.collector.isEnabled()) return call()
    const request = new TrackedRequest(scope, options, { owner: this, functionName: run.name, args })
    const value = onOutcome(
      () => request.within(call),
      (outcome) => {
        // What a generator does, it does while it is read.
        if ('error' in outcome || !isAsyncGenerator(outcome.value)) request.end(outcome)
      },
    )
    return isAsyncGenerator(value) ? trackGenerator(value, request) : value
  }
  Object.defineProperty(tracked, 'name', { value: run.name })
  return tracked
}

/** True for what an `async function*` gives. */
export function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]'
}

/** A generator whose every step runs where its requests are watched; the call ends when it does. */
export function trackGenerator(generator: AsyncGenerator, request: TrackedRequest): AsyncGenerator {
  let last: unknown
  const step = async (run: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> => {
    try {
      const result = await request.within(run)
      if (result.done === true) request.end({ value: result.value ?? last })
      else last = result.value
      return result
    } catch (error) {
      request.end({ error })
      throw error
    }
  }
  const proxied: Pick<AsyncGenerator, 'next' | 'return' | 'throw'> = {
    next: (...args) => step(() => generator.next(...args)),
    return: (value) => step(() => generator.return(value)),
    throw: (error) => step(() => generator.throw(error)),
  }
  const tracked: AsyncGenerator = new Proxy(generator, {
    get(target, name) {
      if (name === 'next' || name === 'return' || name === 'throw') return proxied[name]
      if (name === Symbol.asyncIterator) return () => tracked
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return tracked
}
