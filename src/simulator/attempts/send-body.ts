import type { ServerResponse } from 'node:http'
import type { Outcome } from './attempt.ts'
import type { BodyFault } from './faults.ts'

/** An answer that is sent in one piece, and the fault that is drawn for it. */
interface WholeBody {
  readonly response: ServerResponse
  readonly contentType: string
  readonly bytes: Buffer
  readonly bodyFault: BodyFault | undefined
  readonly record: (outcome: Outcome) => void
  /** How it ended, as the log has it. */
  readonly outcome: (ending: Partial<Outcome>) => Outcome
}

/** Sends an answer whole, or as much of it as its fault leaves. */
export async function sendBody({ response, contentType, bytes, bodyFault, record, outcome }: WholeBody): Promise<void> {
  const head = { 'content-type': contentType }
  if (bodyFault === undefined) {
    record(outcome({ isUsageSent: true }))
    response.writeHead(200, { ...head, 'content-length': bytes.length })
    response.end(bytes)
    return
  }
  const half = bytes.subarray(0, bytes.length / 2)
  if (bodyFault.type === 'broken-json') {
    record(outcome({ fault: 'broken-json' }))
    response.writeHead(200, { ...head, 'content-length': half.length })
    response.end(half)
    return
  }
  response.writeHead(200, { ...head, 'content-length': bytes.length })
  await new Promise((resolve) => response.write(half, resolve))
  record(outcome({ status: 0, fault: 'drop', dropPoint: 'in-body' }))
  response.destroy()
}
