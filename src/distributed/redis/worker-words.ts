import type { Announcement } from './announcement.ts'
import type { RedisAddress } from './connect.ts'

// What the process that waits for runs and those that it starts for them say to each other.

/** What a process is told by the one that has started it. */
export type FromHost =
  | {
      readonly type: 'join'
      readonly address: RedisAddress
      readonly announcement: Announcement
      readonly concurrency: number
      /** The folder for what cannot be told to anybody. */
      readonly spool: string
    }
  /** Finish what is in work, and take nothing more. */
  | { readonly type: 'leave' }
  /** Give up what is in work. */
  | { readonly type: 'stop' }
  /** The session has no coordinator any more. */
  | { readonly type: 'coordinator-gone' }
  /** A file of lines that were kept for the run is to be told. */
  | { readonly type: 'deliver'; readonly path: string }
  /** An earlier worker of this machine has kept nothing. */
  | { readonly type: 'nothing-kept'; readonly worker: string }

/** What it says. */
export type ToHost =
  /** Who it is in the conversation with the coordinator. */
  | { readonly type: 'from'; readonly from: string }
  | { readonly type: 'named'; readonly worker: string }
  | { readonly type: 'begun' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'notice'; readonly message: string }

/** How it ended: the run is over or it has left, it may not or cannot take part, or its coordinator was gone. */
export type ChildEnds = 'over' | 'refused' | 'alone'

export const exitCodes: Readonly<Record<ChildEnds, number>> = { over: 0, refused: 3, alone: 4 }
