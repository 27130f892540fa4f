import { useEffect, useState } from 'preact/hooks'

/** Something that was asked for: not there yet, there, or refused. What was there before stays while it is asked again. */
export interface Answer<Value> {
  readonly value?: Value
  readonly error?: string
}

/** Asks when the keys change, and again on each change that `watch` tells of. */
export function useAnswer<Value>(
  ask: () => Promise<Value>,
  keys: readonly (string | number | undefined)[],
  watch?: (onChange: () => void) => () => void,
): Answer<Value> {
  const [answer, setAnswer] = useState<Answer<Value>>({})
  useEffect(() => {
    let isCurrent = true
    let isAsking = false
    let isStale = false
    const askNow = async () => {
      if (isAsking) {
        isStale = true
        return
      }
      isAsking = true
      do {
        isStale = false
        const next = await ask().then(
          (value) => ({ value }),
          (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
        )
        if (isCurrent) setAnswer((last) => ('error' in next ? { ...last, ...next } : next))
      } while (isStale && isCurrent)
      isAsking = false
    }
    setAnswer({})
    void askNow()
    const unwatch = watch?.(() => void askNow())
    return () => {
      isCurrent = false
      unwatch?.()
    }
  }, keys)
  return answer
}
