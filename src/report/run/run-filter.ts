/** What of a run is looked at; everything where nothing is set. */
export interface RequestFilter {
  readonly node?: string
  readonly model?: string
  /** As attempts that failed are counted by: `http_503`, `ECONNREFUSED`. */
  readonly error?: string
  /** Requests that were in flight at that time, in milliseconds since 1970. */
  readonly fromMs?: number
  readonly toMs?: number
  /** Requests that took at least so long, or less than so long. */
  readonly overSeconds?: number
  readonly underSeconds?: number
}

/** The names that a filter has in addresses. */
export const filterNames = ['node', 'model', 'error', 'from', 'to', 'over', 'under'] as const
export type FilterName = (typeof filterNames)[number]

/** True when the filter lets everything through. */
export function isOpenFilter(filter: RequestFilter): boolean {
  return Object.values(filter).every((value) => value === undefined)
}

/** Reads a filter from an address; what is empty, or no number where one is needed, is left out. */
export function readFilter(textAt: (name: FilterName) => string | null | undefined): RequestFilter {
  const textOf = (name: FilterName) => textAt(name) || undefined
  const numberOf = (name: FilterName) => readNumber(textAt(name))
  return {
    node: textOf('node'),
    model: textOf('model'),
    error: textOf('error'),
    fromMs: numberOf('from'),
    toMs: numberOf('to'),
    overSeconds: numberOf('over'),
    underSeconds: numberOf('under'),
  }
}

/** A filter as addresses have it. */
export function filterQuery(filter: RequestFilter): Readonly<Record<FilterName, string | number | undefined>> {
  const { node, model, error, fromMs, toMs, overSeconds, underSeconds } = filter
  return { node, model, error, from: fromMs, to: toMs, over: overSeconds, under: underSeconds }
}

/** A number in an address; undefined for what is none. */
export function readNumber(text: string | null | undefined): number | undefined {
  const value = text ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

/** The name of a part of a run among the parts that a report holds. */
export function sliceName(filter: RequestFilter): string {
  return JSON.stringify(Object.values(filterQuery(filter)).map((value) => value ?? ''))
}

/** What stands in the place of a node where requests belong to none. */
export const outsideNodes = '(outside of nodes)'

/** True for a node and for those within it: the names of what a subgraph holds begin with its own, and a point. */
export function isWithin(node: string, outer: string): boolean {
  return node === outer || node.startsWith(`${outer}.`)
}
