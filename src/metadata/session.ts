import type { RunEnd, RunStart } from './event.ts'

/** One start or resume of a run, and its end if there was one. */
export interface Session {
  start?: RunStart
  end?: RunEnd
}
