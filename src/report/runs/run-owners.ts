/** What a metadata file says of the processes of its run. */
export interface OwnedExecution {
  readonly host?: string | null
  readonly pid?: number | null
  readonly watched_by?: number | null
  readonly timing?: { readonly start_time?: string | null }
  readonly sessions?: readonly { readonly start_time?: string | null }[]
  readonly workers?: Readonly<
    Record<
      string,
      {
        readonly host: string | null
        readonly pid: number | null
        readonly transport: string | null
        readonly start_time: string | null
        readonly end_time: string | null
      }
    >
  >
}

/** A process, as far as a metadata file tells of it. */
export interface FileOwner {
  readonly host: string | undefined
  readonly pid: number | undefined
  readonly startedAtMs: number | undefined
}

/** The processes of which any one keeps a run going that says that it is running. */
export function runOwners({ host, pid, watched_by, timing, sessions, workers = {} }: OwnedExecution): FileOwner[] {
  const startedAtMs = timeOf(sessions?.at(-1)?.start_time ?? timing?.start_time)
  const own = { host: host ?? undefined, pid: pid ?? undefined, startedAtMs }
  const processes = Object.values(workers).filter((worker) => worker.transport === 'none' && worker.end_time === null)
  return [
    own,
    ...(watched_by == null ? [] : [{ ...own, pid: watched_by }]),
    ...processes.map((worker) => ({
      host: worker.host ?? undefined,
      pid: worker.pid ?? undefined,
      startedAtMs: timeOf(worker.start_time),
    })),
  ]
}

function timeOf(text: string | null | undefined): number | undefined {
  return Date.parse(text ?? '') || undefined
}
