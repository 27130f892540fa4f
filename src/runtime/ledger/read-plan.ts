import { locatedPlan, type RunPlan } from './ledger-entry.ts'
import { readLedger } from './ledger-reader.ts'

/** The plan is among the first lines of a ledger. */
const planBytes = 1024 * 1024

/** The plan of the run in a ledger; undefined when there is none, as in that of a program that was watched. */
export async function readPlan(ledgerPath: string): Promise<RunPlan | undefined> {
  let plan: RunPlan | undefined
  const takePlan: Parameters<typeof readLedger>[1] = (entry) => {
    if (entry.type === 'run-plan') plan ??= locatedPlan(ledgerPath, entry)
  }
  await readLedger(ledgerPath, takePlan, { maxBytes: planBytes })
  return plan
}
