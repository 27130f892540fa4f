import type { MetadataEvent } from '../event.ts'

type Kind = 'text' | 'number' | 'boolean' | 'object'

/** What the fold reads of each event without asking whether it is there. */
const required: Readonly<Record<MetadataEvent['type'], Readonly<Record<string, Kind>>>> = {
  'run-start': {
    runId: 'text',
    session: 'number',
    startedAtMs: 'number',
    utcOffsetMinutes: 'number',
    context: 'object',
    environment: 'object',
    git: 'object',
  },
  'run-end': { session: 'number', status: 'text', endedAtMs: 'number', durationSeconds: 'number' },
  'dataset-open': {},
  'model-open': { model: 'text' },
  'node-end': { node: 'text', nodeType: 'text', succeeded: 'boolean', durationSeconds: 'number' },
  'actor-end': { kind: 'text', name: 'text' },
  'request-start': { model: 'text', resendCount: 'number', startedAtMs: 'number' },
  'request-end': {
    model: 'text',
    status: 'number',
    resendCount: 'number',
    startedAtMs: 'number',
    durationSeconds: 'number',
  },
  'record-end': { succeeded: 'boolean' },
  'batch-change': { batch: 'text', model: 'text', state: 'text', lines: 'number', atMs: 'number' },
  'cache-hit': { model: 'text', slot: 'text', atMs: 'number' },
  'not-understood': { kind: 'text', host: 'text', path: 'text', atMs: 'number' },
  'worker-start': {
    worker: 'text',
    session: 'number',
    startedAtMs: 'number',
    environment: 'object',
  },
  'worker-end': { worker: 'text', endedAtMs: 'number', durationSeconds: 'number' },
  'record-duplicate': { recordId: 'text', worker: 'text', costPicodollars: 'number', durationSeconds: 'number' },
  'concurrency-change': { provider: 'text', limit: 'number', reason: 'text', atMs: 'number' },
}

const checks = Object.entries(required).map(([type, fields]) => [type, Object.entries(fields)] as const)
const fieldsOf = new Map<unknown, readonly (readonly [string, Kind])[]>(checks)

/** True for an event as it is written to a ledger: its type is known, and what the fold needs is there. */
export function isMetadataEvent(value: object): value is MetadataEvent {
  const fields = fieldsOf.get(Reflect.get(value, 'type'))
  return fields?.every(([name, kind]) => isOfKind(Reflect.get(value, name), kind)) ?? false
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'object') return typeof value === 'object' && value !== null
  return typeof value === kind
}
