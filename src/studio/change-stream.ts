import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'

export interface ChangeStreamOptions {
  /** Default: 700. */
  readonly everyMs?: number
}

/** So often something is sent even when nothing changes, so that a connection that is gone is noticed. */
const heartbeatMs = 15_000

/** Server-sent events: `change` whenever the version of something is another one, and once at the beginning. */
export function changeStream(
  context: Context,
  versionOf: () => Promise<string>,
  { everyMs = 700 }: ChangeStreamOptions = {},
): Response {
  return streamSSE(context, async (stream) => {
    let known: string | undefined
    let quietMs = 0
    while (!stream.aborted) {
      const version = await versionOf().catch(() => 'gone')
      quietMs += everyMs
      if (version !== known || quietMs >= heartbeatMs) {
        await stream.writeSSE({ event: version === known ? 'quiet' : 'change', data: version })
        known = version
        quietMs = 0
      }
      await stream.sleep(everyMs)
    }
  })
}
