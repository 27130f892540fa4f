import { SygraError } from '../../errors.ts'
import type { FigureUnit } from './figure.ts'
import { actorFigures, modelFigures, nodeFigures, runFigures } from './figures.ts'

/** A condition on a figure of a run, such as `cost_per_record<+5%`. */
export interface Gate {
  /** As it was written. */
  readonly text: string
  /** The figure with its part, such as `models.gpt-4o-mini.p95`. */
  readonly name: string
  readonly scope:
    | { readonly type: 'run' }
    | { readonly type: 'model' | 'node' | 'agent' | 'tool'; readonly name: string }
  readonly figure: string
  readonly unit: FigureUnit
  readonly operator: '<' | '<=' | '>' | '>='
  readonly limit: GateLimit
}

/** A value, or a change against base: as a share of it or as an amount. */
export type GateLimit =
  | { readonly type: 'value'; readonly value: number }
  | { readonly type: 'change-share'; readonly share: number }
  | { readonly type: 'change-amount'; readonly amount: number }

const gatePattern = /^([^<>=]+)(<=|>=|<|>)([^<>=]+)$/
const limitPattern = /^([+-])?\s?(\$)?\s?(\d+(?:\.\d+)?|\.\d+)\s?(%|ms|s|min|h)?$/
const secondsIn: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600 }
const example = 'such as cost_per_record<+5%, p95<+10%, success_rate>=0.99 or total_cost<2.00'

/**
 * Reads a gate: a figure (or `models.NAME.figure`, and so of `nodes`, `agents`, `tools`), an operator, and a limit. A limit with a sign is
 * a change against base; one without is a value.
 *
 * @throws SygraError `bad_argument` that says what was expected.
 */
export function parseGate(text: string): Gate {
  const [name = '', operator, limit = ''] = (gatePattern.exec(text) ?? []).slice(1).map((part) => part.trim())
  if (name === '' || limit === '' || !isOperator(operator)) {
    throw wrong(text, `expected a figure, one of < <= > >=, and a limit, ${example}`)
  }
  const { scope, figure, known } = splitName(name)
  const found = known.find((candidate) => candidate.name === figure)
  if (found === undefined) {
    throw wrong(text, `unknown figure "${figure}"; there are ${known.map((candidate) => candidate.name).join(', ')}`)
  }
  return { text, name, scope, figure, unit: found.unit, operator, limit: parseLimit(text, limit, found.unit) }
}

function splitName(name: string): {
  readonly scope: Gate['scope']
  readonly figure: string
  readonly known: readonly { readonly name: string; readonly unit: FigureUnit }[]
} {
  // Names of models have dots in them: the figure is what follows the last one.
  const [, kind, part = '', figure = ''] = /^(models|nodes|agents|tools)\.(.+)\.([^.]+)$/.exec(name) ?? []
  if (kind === 'models') return { scope: { type: 'model', name: part }, figure, known: modelFigures }
  if (kind === 'nodes') return { scope: { type: 'node', name: part }, figure, known: nodeFigures }
  if (kind === 'agents') return { scope: { type: 'agent', name: part }, figure, known: actorFigures }
  if (kind === 'tools') return { scope: { type: 'tool', name: part }, figure, known: actorFigures }
  return { scope: { type: 'run' }, figure: name, known: runFigures }
}

function parseLimit(text: string, limit: string, unit: FigureUnit): GateLimit {
  const [, sign, dollar, digits, suffix] = limitPattern.exec(limit) ?? []
  if (digits === undefined) throw wrong(text, `"${limit}" is no limit: expected a number, ${example}`)
  const amount = Number(digits) * (sign === '-' ? -1 : 1)
  if (dollar !== undefined && unit !== 'usd')
    throw wrong(text, `$ does not go with a figure that is no amount of money`)
  if (suffix === '%') return percentLimit({ text, amount, unit, isChange: sign !== undefined })
  if (suffix !== undefined && unit !== 'seconds')
    throw wrong(text, `"${suffix}" does not go with a figure that is no time`)
  const value = amount * (suffix === undefined ? 1 : (secondsIn[suffix] ?? 1))
  return sign === undefined ? { type: 'value', value } : { type: 'change-amount', amount: value }
}

function percentLimit({
  text,
  amount,
  unit,
  isChange,
}: {
  readonly text: string
  readonly amount: number
  readonly unit: FigureUnit
  readonly isChange: boolean
}): GateLimit {
  if (isChange) return { type: 'change-share', share: amount / 100 }
  if (unit === 'share') return { type: 'value', value: amount / 100 }
  throw wrong(text, `a change against base needs its sign: +${amount}% or -${amount}%`)
}

function isOperator(operator: string | undefined): operator is Gate['operator'] {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>='
}

function wrong(text: string, reason: string): SygraError {
  return new SygraError('bad_argument', `gate "${text}": ${reason}`)
}
