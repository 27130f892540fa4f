import type { ConcurrencyChange, DatasetOpen, ModelOpen, RunEnd, RunStart } from '../event.ts'
import { programSession, type Session } from './program-session.ts'

/** Changes of one provider that are kept one by one; the oldest go first. */
const maxConcurrencyChanges = 200

/** How the number of requests at once went for one provider. */
export interface ConcurrencyHistory {
  cuts: number
  lowest: number
  /** The latest ones, oldest first. */
  readonly changes: ConcurrencyChange[]
}

/** What a run says of itself: its sessions, its data, its models. */
export class ExecutionState {
  readonly sessions = new Map<number, Session>()
  /** Of a run that is what the processes of a program did: the session of each, by its name. */
  readonly processes = new Map<string, Session>()
  /** How the program ended for those that started it to watch it. */
  readonly execs = new Map<string, RunEnd>()
  readonly datasets = new Map<string | undefined, DatasetOpen>()
  readonly models = new Map<string, ModelOpen[]>()
  readonly concurrency = new Map<string, ConcurrencyHistory>()

  /** A session that has begun anew has not ended: a program may outlive the signal that seemed to end it. */
  startSession(start: RunStart): void {
    if (start.worker === undefined) this.sessions.set(start.session, { start })
    else this.processes.set(start.worker, { start })
  }

  /** Whoever has run a session knows better how it ended than who took it for dead, whatever is read first. */
  endSession(end: RunEnd): void {
    if (end.exec !== undefined) {
      this.execs.set(end.exec, end)
      return
    }
    const session =
      end.worker === undefined ? sessionIn(this.sessions, end.session) : sessionIn(this.processes, end.worker)
    const isKnown = session.end !== undefined && session.end.isPresumed !== true
    if (end.isPresumed !== true || !isKnown) session.end = end
  }

  openDataset(open: DatasetOpen): void {
    const known = this.datasets.get(open.alias)
    this.datasets.set(open.alias, {
      type: open.type,
      alias: open.alias,
      sourceType: open.sourceType ?? known?.sourceType,
      sourcePath: open.sourcePath ?? known?.sourcePath,
      startIndex: open.startIndex ?? known?.startIndex,
      datasetVersion: open.datasetVersion ?? known?.datasetVersion,
      datasetHash: open.datasetHash ?? known?.datasetHash,
      joinType: open.joinType ?? known?.joinType,
      numRecords: open.numRecords ?? known?.numRecords,
    })
  }

  openModel(open: ModelOpen): void {
    const known = this.models.get(open.model)
    if (known === undefined) this.models.set(open.model, [open])
    else if (!known.some((other) => sameModel(other, open))) known.push(open)
  }

  changeConcurrency(change: ConcurrencyChange): void {
    let history = this.concurrency.get(change.provider)
    if (history === undefined) {
      history = { cuts: 0, lowest: change.limit, changes: [] }
      this.concurrency.set(change.provider, history)
    }
    if (change.reason === 'rate-limit') history.cuts += 1
    history.lowest = Math.min(history.lowest, change.limit)
    history.changes.push(change)
    if (history.changes.length > maxConcurrencyChanges) history.changes.shift()
  }

  merge(other: ExecutionState): void {
    for (const [provider, { cuts, lowest, changes }] of other.concurrency) {
      const own = this.concurrency.get(provider)
      const all = [...(own?.changes ?? []), ...changes].slice(-maxConcurrencyChanges)
      this.concurrency.set(provider, {
        cuts: (own?.cuts ?? 0) + cuts,
        lowest: Math.min(own?.lowest ?? lowest, lowest),
        changes: all,
      })
    }
    for (const { start, end } of [...other.sessions.values(), ...other.processes.values()]) {
      if (start !== undefined) this.startSession(start)
      if (end !== undefined) this.endSession(end)
    }
    for (const end of other.execs.values()) this.endSession(end)
    for (const open of other.datasets.values()) this.openDataset(open)
    for (const opens of other.models.values()) for (const open of opens) this.openModel(open)
  }

  /** Sessions in the order they were started; the processes of a program are one. */
  sessionsInOrder(): readonly Session[] {
    if (this.processes.size > 0) return [programSession(this)]
    return [...this.sessions].sort(([a], [b]) => a - b).map(([, session]) => session)
  }
}

function sessionIn<Key>(sessions: Map<Key, Session>, key: Key): Session {
  let session = sessions.get(key)
  if (session === undefined) {
    session = {}
    sessions.set(key, session)
  }
  return session
}

function sameModel(a: ModelOpen, b: ModelOpen): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
