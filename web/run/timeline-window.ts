/** A part of the time of a run, in milliseconds since 1970. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Closer than this there is nothing to see. */
const shortestMs = 50

/** Half as much, or twice as much, around the middle; never more than the whole. */
export function zoom(whole: Span, shown: Span, factor: number): Span {
  const middle = (shown.fromMs + shown.toMs) / 2
  const half = Math.max(shortestMs, (shown.toMs - shown.fromMs) * factor) / 2
  return within(whole, { fromMs: middle - half, toMs: middle + half })
}

/** Moved by a share of what is shown. */
export function move(whole: Span, shown: Span, share: number): Span {
  const distance = (shown.toMs - shown.fromMs) * share
  return within(whole, { fromMs: shown.fromMs + distance, toMs: shown.toMs + distance })
}

/** The span, shifted or cut so that it lies within the whole. */
export function within(whole: Span, span: Span): Span {
  const length = Math.min(whole.toMs - whole.fromMs, Math.max(shortestMs, span.toMs - span.fromMs))
  const fromMs = Math.min(Math.max(span.fromMs, whole.fromMs), whole.toMs - length)
  return { fromMs, toMs: fromMs + length }
}
