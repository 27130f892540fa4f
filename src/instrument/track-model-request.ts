import { currentOrOutsideScope } from '../runtime/scope.ts'
import { memberOf } from '../usage/json-value.ts'
import { onOutcome } from './on-outcome.ts'
import type { TrackOptions } from './track-options.ts'
import { isAsyncGenerator, trackGenerator } from './tracked-generator.ts'
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
