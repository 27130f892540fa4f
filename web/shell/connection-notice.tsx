import { useEffect, useState } from 'preact/hooks'
import type { Source } from '../source/source.ts'

/** A connection that comes back at once is no news. */
const patienceMs = 700

/** Says that the server is gone, for as long as it is. */
export function ConnectionNotice({ source }: { readonly source: Source }) {
  const [lostAtMs, setLost] = useState<number | undefined>(undefined)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const unwatch = source.watchConnection((atMs) => {
      clearTimeout(timer)
      if (atMs === undefined) setLost(undefined)
      else timer = setTimeout(() => setLost(atMs), patienceMs)
    })
    return () => {
      clearTimeout(timer)
      unwatch()
    }
  }, [source])
  return (
    <div class="connection" role="status" data-lost={lostAtMs !== undefined}>
      {lostAtMs === undefined ? null : (
        <>
          <strong>The studio does not answer.</strong> What you see is from{' '}
          {new Date(lostAtMs).toTimeString().slice(0, 8)}. It comes back by itself when <code>sygra studio</code> runs
          again at this address.
        </>
      )}
    </div>
  )
}
