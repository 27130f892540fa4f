import { picodollarsPerUsd } from '../cost.ts'
import type { ActorEnd, ActorKind, MetadataEvent, NodeEnd, RequestEnd } from '../event.ts'
import { type Formula, type Measure, measure, type Reduction } from './formula.ts'
import type { AnyTally, TallyKind } from './tally.ts'

/** Whose requests are meant: those of the run, of a model, of a node, of a node to a model, of an agent, of a tool or of a worker. */
export interface Subject {
  /** `the run`, `model gpt-4o`, … */
  readonly name: string
  readonly has: (request: RequestPlace) => boolean
  /** The node whose executions are meant. */
  readonly node?: string
  /** The agent or tool whose executions are meant. */
  readonly actor?: { readonly kind: ActorKind; readonly name: string }
  /** The worker whose records are meant; those of the run where it is left out. */
  readonly worker?: string
  /** Nodes without requests of their own, whose tokens and cost the program stated. */
  readonly statedBy?: (end: NodeEnd) => boolean
}

/** Where a request belongs. */
type RequestPlace = Pick<RequestEnd, 'model' | 'node' | 'agent' | 'tool' | 'outerAgents' | 'outerTools' | 'worker'>

export const theRun: Subject = { name: 'the run', has: () => true }

export function ofModel(name: string): Subject {
  return { name: `model ${name}`, has: ({ model }) => model === name }
}

export function ofNode(name: string): Subject {
  return { name: `node ${name}`, has: ({ node }) => node === name, node: name }
}

export function ofNodeAndModel(node: string, model: string): Subject {
  return { name: `node ${node} to model ${model}`, has: (request) => request.node === node && request.model === model }
}

export function ofWorker(worker: string): Subject {
  return { name: `worker ${worker}`, has: (request) => request.worker === worker, worker }
}

export const outsideNodes: Subject = { name: 'outside nodes', has: ({ node }) => node === undefined }

/** The requests that an agent or a tool sent itself: in it, and in no other of its kind further in. */
export function ofActor(kind: ActorKind, name: string): Subject {
  return { name: `${kind} ${name}`, has: (request) => request[kind] === name, actor: { kind, name } }
}

/** The requests of an agent or a tool with all that it called. */
export function withinActor(kind: ActorKind, name: string): Subject {
  const outer = kind === 'agent' ? 'outerAgents' : 'outerTools'
  return {
    name: `${kind} ${name} and all that it called`,
    has: (request) => request[kind] === name || (Array.isArray(request[outer]) && request[outer].includes(name)),
    actor: { kind, name },
  }
}

export const outsideAgents: Subject = { name: 'outside agents', has: ({ agent }) => agent === undefined }

/** What a tally comes to for a subject. */
export function tallied(subject: Subject, tally: AnyTally, reduction: Reduction = reductionOf(tally.keeps)): Formula {
  const isOfRecords = tally.of === 'record-end' || tally.of === 'record-duplicate'
  // Records are those of the run, or of a worker: nobody else has any.
  const what = isOfRecords && subject.worker === undefined ? tally.what : `${tally.what} of ${subject.name}`
  return {
    type: 'measure',
    measure: { what, value: readerOf(subject, tally), reduction, ...scaleOf(tally, reduction), tally },
  }
}

/** How many of the numbers of a tally there are. */
export function countOfTally(subject: Subject, tally: AnyTally, what: string): Formula {
  const read = readerOf(subject, tally)
  return measure('count', `${what} of ${subject.name}`, (event) => (read(event) === undefined ? undefined : 1))
}

function readerOf(subject: Subject, tally: AnyTally): Measure['value'] {
  switch (tally.of) {
    case 'request-end':
      return (event) => (event.type === 'request-end' && subject.has(event) ? tally.read(event) : undefined)
    case 'usage':
      return (event) => {
        if (event.type === 'node-end') return subject.statedBy?.(event) ? tally.read(event.stated ?? {}) : undefined
        return event.type === 'request-end' && subject.has(event) ? tally.read(event) : undefined
      }
    case 'request-start':
      return (event) => (event.type === 'request-start' && subject.has(event) ? tally.read(event) : undefined)
    case 'cache-hit':
      return (event) => (event.type === 'cache-hit' && subject.has(event) ? tally.read(event) : undefined)
    case 'node-end':
      return (event) => (event.type === 'node-end' && event.node === subject.node ? tally.read(event) : undefined)
    case 'actor-end':
      return (event) => (event.type === 'actor-end' && isOf(event, subject) ? tally.read(event) : undefined)
    case 'record-end':
      return (event) => (event.type === 'record-end' && isOfWorker(subject, event) ? tally.read(event) : undefined)
    case 'record-duplicate':
      return (event) =>
        event.type === 'record-duplicate' && isOfWorker(subject, event) ? tally.read(event) : undefined
    default:
      return tally satisfies never
  }
}

function isOf({ kind, name }: ActorEnd, { actor }: Subject): boolean {
  return actor?.kind === kind && actor.name === name
}

function isOfWorker(subject: Subject, { worker }: { readonly worker?: string }): boolean {
  return subject.worker === undefined || subject.worker === worker
}

function reductionOf(keeps: TallyKind): Reduction {
  return keeps === 'count' ? 'count' : 'sum'
}

function scaleOf({ keeps }: AnyTally, reduction: Reduction): { readonly scale?: number } {
  if (reduction === 'count') return {}
  if (keeps === 'money' || keeps === 'amounts') return { scale: 1 / picodollarsPerUsd }
  return keeps === 'time' || keeps === 'values' ? { scale: 1e-6 } : {}
}

/** The request of an event, when it is one of the subject. */
export function requestOf(subject: Subject, event: MetadataEvent): RequestEnd | undefined {
  return event.type === 'request-end' && subject.has(event) ? event : undefined
}

/** How many requests of the subject are as asked. */
export function countRequests(subject: Subject, what: string, isMeant: (request: RequestEnd) => boolean): Formula {
  return tallied(subject, {
    of: 'request-end',
    what,
    keeps: 'count',
    read: (request) => (isMeant(request) ? 1 : undefined),
  })
}

/** Money of the requests of the subject: spent, or what a rehearsal would have cost. */
export function moneyOf(subject: Subject, { what, isRehearsal, isMeant = () => true }: MoneyQuestion): Formula {
  return tallied(subject, {
    of: 'request-end',
    what,
    keeps: 'money',
    read: (request) => {
      if (request.cost === undefined || !isMeant(request)) return undefined
      return (request.cost.status === 'simulated') === isRehearsal ? request.cost.picodollars : undefined
    },
  })
}

export interface MoneyQuestion {
  readonly what: string
  readonly isRehearsal: boolean
  readonly isMeant?: (request: RequestEnd) => boolean
}
