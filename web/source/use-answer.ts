import { useEffect, useRef, useState } from 'preact/hooks'

/** Something that was asked for: not there yet, there, or refused. */
export interface Answer<Value> {
  readonly value?: Value
  readonly error?: string
}

/**
 * Asks when the keys change, and again on each change that `watch` tells of. What is shown is never taken away before its
 * successor is there: until then it is the answer to the keys before, and an answer that is told with its question has to
 * hold that question.
 */
export function useAnswer<Value>(
  ask: () => Promise<Value>,
  keys: readonly (string | number | boolean | undefined)[],
  watch?: (onChange: () => void) => () => void,
): Answer<Value> {
  const [answer, setAnswer] = useState<Answer<Value>>({})
  const latestAsk = useRef(ask)
  latestAsk.current = ask
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
        const next = await latestAsk.current().then(
          (value) => ({ value }),
          (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
        )
        if (isCurrent) setAnswer((last) => ('error' in next ? { ...last, ...next } : next))
      } while (isStale && isCurrent)
      isAsking = false
    }
    void askNow()
    const unwatch = watch?.(() => void askNow())
    return () => {
      isCurrent = false
      unwatch?.()
    }
  }, keys)
  return answer
}
