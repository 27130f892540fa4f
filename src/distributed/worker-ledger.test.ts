import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requestEnd } from '../../test/helpers/request-end.ts'
import { scratchFolder } from '../../test/helpers/scratch-folder.ts'
import type { MetadataEvent } from '../metadata/event.ts'
import { workerLedgerPathOf } from '../runtime/files/run-names.ts'
import { formatLedgerLine } from '../runtime/ledger/ledger-line.ts'
import { StopControl } from '../workflow/run/stop-control.ts'
import { WorkerLedger } from './worker-ledger.ts'

function lineOf(seq: number): string {
  return formatLedgerLine({ seq, atMs: 0, writer: 'abcdef', entry: requestEnd({ worker: 'w1' }) })
}

/** The ledger of a worker beside that of a run, and what has been counted of it. */
function openLedger(ledgerPath: string) {
  const counted: MetadataEvent[] = []
  const run = {
    options: {},
    stop: new StopControl({ graceSeconds: 1 }),
    collector: { recordKept: (event: MetadataEvent) => void counted.push(event) },
    recorder: { addLedger: () => {} },
  }
  return { ledger: new WorkerLedger({ worker: 'w1', run, ledgerPath }), counted }
}

test('what a worker tells counts before anything else that it says is heard: limits rely on it', async () => {
  const { ledger, counted } = openLedger(join(await scratchFolder(), 'ledger.jsonl'))
  const kept = ledger.take(Buffer.from(`${lineOf(0)}${lineOf(1)}`))
  expect(counted).toHaveLength(2)
  await kept
})

test('what is told again, even to another coordinator, is kept and counted once', async () => {
  const ledgerPath = join(await scratchFolder(), 'ledger.jsonl')
  const { ledger, counted } = openLedger(ledgerPath)
  await ledger.take(Buffer.from(lineOf(0)))
  await ledger.take(Buffer.from(`${lineOf(0)}${lineOf(1)}`))
  expect(counted).toHaveLength(2)
  const next = openLedger(ledgerPath)
  await next.ledger.take(Buffer.from(`${lineOf(0)}${lineOf(1)}${lineOf(2)}`))
  expect(next.counted).toHaveLength(1)
  expect(await readFile(workerLedgerPathOf(ledgerPath, 'w1'), 'utf8')).toBe(`${lineOf(0)}${lineOf(1)}${lineOf(2)}`)
})
