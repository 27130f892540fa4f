import { callsTable } from './calls-table.ts'
import type { ColumnDescription } from './column.ts'
import type { LedgerTable } from './ledger-table.ts'
import { nodesTable } from './nodes-table.ts'
import { recordsTable } from './records-table.ts'
import { requestsTable } from './requests-table.ts'
import { runsTable } from './runs-table.ts'

/** Tables whose rows come from the events of ledgers. */
export const ledgerTables = {
  requests: requestsTable,
  calls: callsTable,
  nodes: nodesTable,
  records: recordsTable,
} as const satisfies Readonly<Record<string, LedgerTable>>

/** The tables that runs can be exported as; `runs` comes from metadata files, the others from ledgers. */
export const tableNames = ['requests', 'calls', 'nodes', 'records', 'runs'] as const

export type TableName = (typeof tableNames)[number]

/** The columns of a table, in the order of its rows. */
export function columnsOfTable(name: TableName): readonly ColumnDescription[] {
  return name === 'runs' ? runsTable.columns : ledgerTables[name].columns
}
