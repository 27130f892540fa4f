import { messageOf } from '../errors.ts'
import { note } from './terminal.ts'

/**
 * Says what was thrown where nobody can catch it, such as in a timer of a task's function or in a promise that it does not
 * await, and ends the process: which record it belongs to is not known. Gives what stops the hearing.
 */
export function endOnUncaught({
  isDebug,
  onEnd,
}: {
  readonly isDebug: boolean
  readonly onEnd: () => void
}): () => void {
  const end = (error: unknown) => {
    onEnd()
    const place = placeOf(error)
    note(
      isDebug && error instanceof Error
        ? (error.stack ?? error.message)
        : `sygra: an error was thrown outside of every record${place}: ${messageOf(error)}\nA function must await what it begins, so that its record fails and not the run. (--debug shows more)`,
    )
    process.exit(1)
  }
  process.on('uncaughtException', end)
  return () => process.off('uncaughtException', end)
}

/** The first place in the stack that is neither Node's nor a package's; empty where there is none. */
function placeOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  const own = lines.find((line) => /[/\\]/.test(line) && !/node:|[/\\](?:node_modules|dist)[/\\]/.test(line))
  const path = /\(?((?:file:\/\/)?[^()\s]*[/\\][^()]*?):\d+:\d+\)?$/.exec(own ?? '')?.[1]
  return path === undefined ? '' : `, in ${path.replace('file://', '')}`
}
