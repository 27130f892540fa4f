import type { Metadata } from '../../metadata/schema.ts'
import { formatChange } from '../text/format-values.ts'
import { safeText } from '../text/safe-text.ts'
import { type Comparison, objectionsTo, rehearsalObjection } from './compare.ts'
import { type FigureUnit, type FigureValue, formatFigure } from './figure.ts'
import { actorFigures, modelFigures, nodeFigures, runFigures } from './figures.ts'
import { type Gate, type GateLimit, parseGate } from './parse-gate.ts'

export { type Gate, parseGate }

export interface GateResult {
  /** As it was written. */
  readonly gate: string
  readonly passed: boolean
  /** What was found, in words and numbers that a colleague understands. */
  readonly reason: string
}

export interface GateOptions {
  readonly comparison?: Comparison
  /** Which share of a run's requests may have no known price for its cost to be judged by what is known; 0 by default. */
  readonly unpricedTolerance?: number
}

/**
 * Judges a run by its gates. What cannot be judged (a run that did not end, an unknown price) does not pass. With the
 * comparison of the two runs, a gate that broke says when the difference may be chance.
 */
export function evaluateGates(
  gates: readonly Gate[],
  base: Metadata,
  head: Metadata,
  { comparison, unpricedTolerance = 0 }: GateOptions = {},
): GateResult[] {
  return gates.map((gate) => {
    const result = evaluateGate(gate, { base, head, unpricedTolerance })
    const doubt = result.passed || gate.limit.type === 'value' ? '' : doubtOf(gate, comparison)
    return { ...result, reason: result.reason + doubt }
  })
}

/** That the true difference may well be none, with the interval it lies in. */
function doubtOf({ scope, figure, unit }: Gate, comparison: Comparison | undefined): string {
  const figures =
    scope.type === 'run'
      ? comparison?.totals
      : comparison?.[`${scope.type}s`].find(({ name }) => name === scope.name)?.figures
  const found = figures?.find(({ name }) => name === figure)
  if (found?.verdict !== 'noise' || found.interval === undefined) return ''
  const [from, to] = [found.interval.from, found.interval.to].map(
    (end) => `${end < 0 ? '-' : '+'}${formatFigure(unit, Math.abs(end))}`,
  )
  return `; it may be chance: the true difference lies between ${from} and ${to} (95%)`
}

interface JudgedRuns {
  readonly base: Metadata
  readonly head: Metadata
  readonly unpricedTolerance: number
}

function evaluateGate(gate: Gate, { base, head, unpricedTolerance }: JudgedRuns): GateResult {
  const broken = (reason: string): GateResult => ({ gate: gate.text, passed: false, reason })
  const isRelative = gate.limit.type !== 'value'
  const objections = isRelative
    ? [...objectionsTo('base', base), ...objectionsTo('head', head), ...rehearsalObjection(base, head)]
    : objectionsTo('head', head)
  if (objections[0] !== undefined) return broken(objections[0])
  const read = (run: Metadata) => withinTolerance(readGateValue(gate, run), run, unpricedTolerance)
  const headValue = read(head)
  if (headValue === undefined) return broken(`head has no ${partOf(gate)}`)
  const baseValue = isRelative ? read(base) : { value: 0 }
  if (baseValue === undefined) return broken(`base has no ${partOf(gate)}`)
  if ('unknown' in baseValue) return broken(`${gate.name} of base: ${baseValue.unknown}`)
  return judge({ gate, base: baseValue.value, head: headValue })
}

function judge({ gate, base, head }: { gate: Gate; base: number; head: FigureValue }): GateResult {
  const limit = limitOf(gate.limit, base)
  if ('unknown' in head) {
    const { atLeast } = head
    // A lower bound can break a gate, never pass one.
    if (atLeast !== undefined && gate.operator.startsWith('<') && !holds(atLeast, gate.operator, limit)) {
      const wanted = `${wordOf(gate.operator)} ${formatFigure(gate.unit, limit)}`
      const reason = `${gate.name} is at least ${formatFigure(gate.unit, atLeast)}, wanted ${wanted}`
      return { gate: gate.text, passed: false, reason }
    }
    return { gate: gate.text, passed: false, reason: `${gate.name} of head: ${head.unknown}` }
  }
  const passed = holds(head.value, gate.operator, limit)
  return { gate: gate.text, passed, reason: reasonOf({ gate, base, head: head.value, limit }) }
}

/** A lower bound taken for the value where few enough requests have no price. */
function withinTolerance(value: FigureValue | undefined, run: Metadata, tolerance: number): FigureValue | undefined {
  if (value === undefined || 'value' in value || value.atLeast === undefined || tolerance === 0) return value
  const { requests, cost } = run.aggregate_statistics
  const share = Number(cost.unpriced_requests ?? 0) / requests.total_requests
  return share > 0 && share <= tolerance ? { value: value.atLeast } : value
}

function reasonOf({ gate, base, head, limit }: { gate: Gate; base: number; head: number; limit: number }): string {
  const show = (value: number) => showBeside(gate.unit, value, value === head ? limit : head)
  const wanted = `${wordOf(gate.operator)} ${show(limit)}`
  if (gate.limit.type === 'value') return `${gate.name} is ${show(head)}, wanted ${wanted}`
  const change = base === 0 ? '' : ` (${formatChange((head - base) / base)})`
  return `${gate.name} went from ${formatFigure(gate.unit, base)} to ${show(head)}${change}, wanted ${wanted}`
}

// Two numbers that round to the same text would make the reason absurd.
function showBeside(unit: FigureUnit, value: number, other: number): string {
  const text = formatFigure(unit, value)
  return value !== other && text === formatFigure(unit, other) ? `${text} (${value})` : text
}

function limitOf(limit: GateLimit, base: number): number {
  switch (limit.type) {
    case 'value':
      return limit.value
    case 'change-share':
      return base * (1 + limit.share)
    case 'change-amount':
      return base + limit.amount
    default:
      return limit satisfies never
  }
}

function holds(value: number, operator: Gate['operator'], limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    default:
      return operator satisfies never
  }
}

function wordOf(operator: Gate['operator']): string {
  return { '<': 'less than', '<=': 'at most', '>': 'more than', '>=': 'at least' }[operator]
}

function partOf({ scope }: Gate): string {
  return scope.type === 'run' ? 'such figure' : `${scope.type} "${scope.name}"`
}

function readGateValue({ scope, figure }: Gate, run: Metadata): FigureValue | undefined {
  switch (scope.type) {
    case 'run':
      return runFigures.find(({ name }) => name === figure)?.read(run)
    case 'model': {
      const model = Object.hasOwn(run.models, scope.name) ? run.models[scope.name] : undefined
      return model && modelFigures.find(({ name }) => name === figure)?.read(model)
    }
    case 'node': {
      const node = Object.hasOwn(run.nodes, scope.name) ? run.nodes[scope.name] : undefined
      return node && nodeFigures.find(({ name }) => name === figure)?.read(node)
    }
    case 'agent':
    case 'tool': {
      const actors = run[`${scope.type}s`] ?? {}
      const actor = Object.hasOwn(actors, scope.name) ? actors[scope.name] : undefined
      return actor && actorFigures.find(({ name }) => name === figure)?.read(actor)
    }
    default:
      return scope satisfies never
  }
}

/** Gates as a JUnit report, which CI systems show as tests. */
export function renderJunit(gates: readonly GateResult[], suite: string): string {
  const failures = gates.filter(({ passed }) => !passed).length
  const counts = `tests="${gates.length}" failures="${failures}" errors="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sygra compare" ${counts}>`,
    `  <testsuite name="${escapeXml(suite)}" ${counts}>`,
    ...gates.map((gate) => testCase(gate, suite)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase({ gate, passed, reason }: GateResult, suite: string): string {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(gate)}"`
  if (passed) return `${open}/>`
  const text = escapeXml(reason)
  return `${open}>\n      <failure message="${text}">${text}</failure>\n    </testcase>`
}

// XML 1.0 cannot hold control characters at all; in safe text they are visible.
function escapeXml(text: string): string {
  return safeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\ufffe\uffff]/g, '')
}
