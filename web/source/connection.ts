/** Whether the server is there, as the streams of changes tell. */
export interface Connection {
  /** Listens to a stream; gives the end of that. */
  follow(events: EventSource): () => void
  /** Calls back when the server is lost, with the time, and with nothing when it is there again. */
  watch(onChange: (lostAtMs: number | undefined) => void): () => void
}

export function createConnection(): Connection {
  const watchers = new Set<(lostAtMs: number | undefined) => void>()
  let lostAtMs: number | undefined
  const tell = (next: number | undefined) => {
    if ((next === undefined) === (lostAtMs === undefined)) return
    lostAtMs = next
    for (const watcher of watchers) watcher(lostAtMs)
  }
  return {
    follow(events) {
      const onOpen = () => tell(undefined)
      // The browser tries again by itself.
      const onError = () => tell(Date.now())
      events.addEventListener('open', onOpen)
      events.addEventListener('error', onError)
      return () => {
        events.removeEventListener('open', onOpen)
        events.removeEventListener('error', onError)
      }
    },
    watch(onChange) {
      watchers.add(onChange)
      onChange(lostAtMs)
      return () => watchers.delete(onChange)
    },
  }
}
