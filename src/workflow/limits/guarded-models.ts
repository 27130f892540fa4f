import type { LeaveGate, ModelClient, PlannedAttempt, RequestGate } from '../models/model-call.ts'

/** The models of a run, and the gate before them: it is known only when the run begins, after they were found. */
export class GuardedModels implements RequestGate {
  readonly clients: ModelClient[] = []
  gate: RequestGate | undefined

  /** The client with the gate before it. */
  guard(client: ModelClient): ModelClient {
    this.clients.push(client)
    return { ...client, gate: this }
  }

  async enter(attempt: PlannedAttempt): Promise<LeaveGate> {
    return this.gate === undefined ? () => undefined : this.gate.enter(attempt)
  }

  suspects(model: string): boolean {
    return this.gate?.suspects(model) ?? false
  }
}
