import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { microseconds } from '../../metadata/duration.ts'
import { type MetadataEvent, type NodeEnd, type RequestEnd, succeeded } from '../../metadata/event.ts'
import type { Usage } from '../../metadata/usage.ts'
import { countOf, type Formula, measure, type Reduction } from './formula.ts'

/** Whose requests are meant: those of the run, of a model, of a node, or of a node to a model. */
export interface Subject {
  /** `the run`, `model gpt-4o`, … */
  readonly name: string
  readonly has: (request: { readonly model: string; readonly node?: string | undefined }) => boolean
  /** Nodes without requests of their own, whose tokens and cost the program stated. */
  readonly statedBy?: (end: NodeEnd) => boolean
}

export const theRun: Subject = { name: 'the run', has: () => true }

export function ofModel(name: string): Subject {
  return { name: `model ${name}`, has: ({ model }) => model === name }
}

export function ofNode(name: string): Subject {
  return { name: `node ${name}`, has: ({ node }) => node === name }
}

export function ofNodeAndModel(node: string, model: string): Subject {
  return { name: `node ${node} to model ${model}`, has: (request) => request.node === node && request.model === model }
}

export const outsideNodes: Subject = { name: 'outside nodes', has: ({ node }) => node === undefined }

/** The request of an event, when it is one of the subject. */
export function requestOf(subject: Subject, event: MetadataEvent): RequestEnd | undefined {
  return event.type === 'request-end' && subject.has(event) ? event : undefined
}

/** How many requests of the subject are as asked. */
export function countRequests(subject: Subject, what: string, isMeant: (request: RequestEnd) => boolean): Formula {
  return countOf(`${what} of ${subject.name}`, (event) => {
    const request = requestOf(subject, event)
    return request !== undefined && isMeant(request)
  })
}

/** Durations of requests of the subject, reduced. */
export function durations(subject: Subject, { what, reduction, read }: DurationQuestion): Formula {
  const value = (event: MetadataEvent) => {
    const request = requestOf(subject, event)
    const seconds = request === undefined ? undefined : read(request)
    return seconds === undefined ? undefined : microseconds(seconds)
  }
  return measure(reduction, `${what} of ${subject.name}`, value, 1e-6)
}

export interface DurationQuestion {
  readonly what: string
  readonly reduction: Reduction
  readonly read: (request: RequestEnd) => number | undefined
}

/** Money of the requests of the subject: spent, or what a rehearsal would have cost. */
export function moneyOf(subject: Subject, { what, isRehearsal, isMeant = () => true }: MoneyQuestion): Formula {
  const value = (event: MetadataEvent) => {
    const request = requestOf(subject, event)
    if (request?.cost === undefined || !isMeant(request)) return undefined
    return (request.cost.status === 'simulated') === isRehearsal ? request.cost.picodollars : undefined
  }
  return measure('sum', `${what} of ${subject.name}`, value, 1 / picodollarsPerUsd)
}

export interface MoneyQuestion {
  readonly what: string
  readonly isRehearsal: boolean
  readonly isMeant?: (request: RequestEnd) => boolean
}

/** Tokens that the subject used, by what is read of each usage. */
export function tokensOf(subject: Subject, what: string, read: (usage: Usage) => number | undefined): Formula {
  return measure('sum', `${what} of ${subject.name}`, (event) => {
    const usage = usageOf(subject, event)
    return usage === undefined ? undefined : (read(usage) ?? 0)
  })
}

/** Usage of a request of the subject, or what was stated at the end of a node. */
export function usageOf(subject: Subject, event: MetadataEvent): Usage | undefined {
  if (event.type === 'node-end') return subject.statedBy?.(event) ? event.stated?.usage : undefined
  return requestOf(subject, event)?.usage
}

export function isFailed(request: RequestEnd): boolean {
  return !succeeded(request)
}

export function hasAnswer({ status }: RequestEnd): boolean {
  return status >= 200 && status < 300
}
