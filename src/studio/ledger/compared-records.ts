import type { ComparedRecord } from '../api.ts'
import { recordRow, spentOf } from './record-list.ts'
import type { RecordTable } from './record-table.ts'

const shownRecords = 20

/** The records of two runs over the same data that differ most: by their end first, then by cost, then by time. */
export function comparedRecords(base: RecordTable, head: RecordTable): readonly ComparedRecord[] {
  const meanCost = mean(head.facts.map(spentOf)) || 1
  const meanTime = mean(head.facts.map(({ durationSeconds = 0 }) => durationSeconds)) || 1
  const found = head.facts.flatMap((to, number) => {
    const id = head.ids.names[number] ?? ''
    const other = base.ids.numberOf(id)
    const from = other === undefined ? undefined : base.facts[other]
    if (other === undefined || from === undefined) return []
    const cost = Math.abs(spentOf(to) - spentOf(from)) / meanCost
    const time = Math.abs((to.durationSeconds ?? 0) - (from.durationSeconds ?? 0)) / meanTime
    const isOtherEnd = to.succeeded !== from.succeeded
    return [{ number, other, weight: (isOtherEnd ? 1e6 : 0) + cost + time }]
  })
  found.sort((a, b) => b.weight - a.weight)
  return found.slice(0, shownRecords).flatMap(({ number, other, weight }) => {
    const [from, to] = [recordRow(base, other), recordRow(head, number)]
    return from === undefined || to === undefined || weight === 0
      ? []
      : [{ recordId: to.recordId, base: from, head: to }]
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
