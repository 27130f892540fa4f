import type { TrackedRequest } from './tracked-request.ts'

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
