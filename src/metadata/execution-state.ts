import type { DatasetOpen, ModelOpen, RunEnd, RunStart } from './event.ts'

/** One start or resume of a run, and its end if there was one. */
export interface Session {
  start?: RunStart
  end?: RunEnd
}

/** What a run says of itself: its sessions, its data, its models. */
export class ExecutionState {
  readonly sessions = new Map<number, Session>()
  readonly datasets = new Map<string | undefined, DatasetOpen>()
  readonly models = new Map<string, ModelOpen[]>()

  startSession(start: RunStart): void {
    this.#session(start.session).start = start
  }

  endSession(end: RunEnd): void {
    this.#session(end.session).end = end
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

  merge(other: ExecutionState): void {
    for (const { start, end } of other.sessions.values()) {
      if (start !== undefined) this.startSession(start)
      if (end !== undefined) this.endSession(end)
    }
    for (const open of other.datasets.values()) this.openDataset(open)
    for (const opens of other.models.values()) for (const open of opens) this.openModel(open)
  }

  /** Sessions in the order they were started. */
  sessionsInOrder(): readonly Session[] {
    return [...this.sessions].sort(([a], [b]) => a - b).map(([, session]) => session)
  }

  #session(index: number): Session {
    let session = this.sessions.get(index)
    if (session === undefined) {
      session = {}
      this.sessions.set(index, session)
    }
    return session
  }
}

function sameModel(a: ModelOpen, b: ModelOpen): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
