import { methodOf } from '../../runtime/trace-context.ts'

/**
 * Hears what a package puts under a symbol of the process, at once where it has done so already. The slot is as it would be
 * otherwise: what is put there stands there, and may be replaced. While nothing is there, `provide` is asked whenever
 * somebody looks.
 */
export function whenPlaced(
  key: symbol,
  listen: (value: object) => void,
  provide: () => object | undefined = () => undefined,
): void {
  let current: unknown = Reflect.get(globalThis, key)
  const tell = () => {
    if (typeof current !== 'object' || current === null) return
    try {
      listen(current)
    } catch {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, key)
  tell()
  if (descriptor?.configurable === false || !Object.isExtensible(globalThis)) return
  Object.defineProperty(globalThis, key, {
    configurable: true,
    enumerable: descriptor?.enumerable ?? false,
    get() {
      if (current !== undefined) return current
      current = provide()
      if (current !== undefined) tell()
      return current
    },
    set(value: unknown) {
      const isNew = value !== current
      current = value
      if (isNew) tell()
    },
  })
}

/** What a package has put under a symbol of the process. */
export function placedUnder(key: symbol): object | undefined {
  return objectOf(Reflect.get(globalThis, key))
}

/** What an `AsyncLocalStorage` under a symbol of the process holds here. */
export function storedUnder(key: symbol): object | undefined {
  return objectOf(methodOf(placedUnder(key), 'getStore')?.())
}

function objectOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined
}
