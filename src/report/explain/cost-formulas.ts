import {
  isFeeLine,
  isLowerBound,
  isTokenLine,
  type PriceReference,
  picodollarsPerUsd,
  trustOf,
} from '../../metadata/cost.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import type { costDoubtFigures } from '../../metadata/figures/cost-figures.ts'
import {
  difference,
  type FigurePath,
  type Formula,
  figure,
  measure,
  notBelow0,
  product,
  quotient,
  total,
} from '../../metadata/figures/formula.ts'
import {
  countRequests,
  moneyOf,
  ofModel,
  outsideAgents,
  outsideNodes,
  requestOf,
  type Subject,
} from '../../metadata/figures/subject.ts'
import { hasAnswer } from '../../metadata/figures/token-figures.ts'
import type { Metadata, ReceiptMetadata } from '../../metadata/schema.ts'
import { microseconds } from '../../metadata/statistics/rounding.ts'

/** The cost of the run: the sum of its models, rehearsed ones apart from those that were paid for. */
export function runCost({ models, aggregate_statistics }: Metadata): Formula {
  const isRehearsal = aggregate_statistics.cost.status === 'simulated'
  const names = Object.keys(models).filter((name) => (models[name]?.cost.status === 'simulated') === isRehearsal)
  return total(names.map((name) => figure('models', name, 'cost', 'total_cost_usd')))
}

/** The cost of a model: the sum of its receipts where these are the whole of it, else of its requests and its machine. */
export function modelCost({ models }: Metadata, name: string): Formula {
  const { receipt: receipts = [], total_cost_usd, status } = models[name]?.cost ?? { total_cost_usd: 0 }
  const isRehearsal = status === 'simulated'
  const own = receipts.flatMap((receipt, index) =>
    (receipt.status === 'simulated') === isRehearsal ? [{ receipt, index }] : [],
  )
  const figureOf = ({ index }: { index: number }) =>
    figure('models', name, 'cost', 'receipt', String(index), 'total_usd')
  const sum = own.reduce((usd, { receipt }) => usd + receipt.total_usd, 0)
  if (own.length > 0 && Math.abs(sum - total_cost_usd) < 1e-6) return total(own.map(figureOf))
  const machines = own.filter(({ receipt }) => receipt.busy_seconds !== undefined)
  return total([moneyOf(ofModel(name), { what: 'cost of the requests', isRehearsal }), ...machines.map(figureOf)])
}

/** How much of a cost is unknown or rehearsed, by the key of the figure. */
export function costDoubtFormulas(subject: Subject, metadata: Metadata, models: readonly string[]) {
  const formulas = {
    unpriced_requests: () => countRequests(subject, 'answers without a price', isUnpriced),
    simulated_cost_usd: () =>
      total([
        moneyOf(subject, { what: 'cost of the rehearsed requests', isRehearsal: true }),
        ...machinesOf(metadata, models),
      ]),
  } satisfies Record<keyof typeof costDoubtFigures, () => Formula>
  return (key: string) => Object.entries(formulas).find(([each]) => each === key)?.[1]()
}

/** What machines of rehearsed models would have cost. */
function machinesOf(metadata: Metadata, models: readonly string[]): Formula[] {
  return models.flatMap((name) =>
    (metadata.models[name]?.cost.receipt ?? []).flatMap(({ status, busy_seconds }, index) =>
      status === 'simulated' && busy_seconds !== undefined
        ? [figure('models', name, 'cost', 'receipt', String(index), 'total_usd')]
        : [],
    ),
  )
}

/** An answer whose cost nobody knows, be it a real one or a rehearsed one. */
function isUnpriced(request: RequestEnd): boolean {
  const { cost } = request
  if (cost === undefined) return hasAnswer(request.status)
  return trustOf(cost) === 'unpriced'
}

/** How many requests of a model have no known cost for a reason, by the number of the reason in the file. */
export function unpricedReason({ models }: Metadata, model: string, index: number): Formula | undefined {
  const reason = models[model]?.cost.unpriced_reasons?.[index]?.reason
  if (reason === undefined) return undefined
  return countRequests(ofModel(model), `requests without a price, or a part of it (${reason}),`, (request) =>
    request.cost === undefined
      ? hasAnswer(request.status) && reason === 'no cost was recorded'
      : isLowerBound(request.cost) && request.cost.reason === reason,
  )
}

/** What was spent outside nodes: requests that name none, and machines, less what the program stated for its nodes. */
export function unattributedCost(metadata: Metadata, stated: Formula | undefined): Formula {
  const { unattributed, cost } = metadata.aggregate_statistics
  const isRehearsal = cost.status === 'simulated'
  const hasOwn = (unattributed?.requests.total_requests ?? 0) > 0
  const own = moneyOf(outsideNodes, { what: 'cost of the requests', isRehearsal })
  const machines = machineFigures(metadata, isRehearsal)
  const whole = total([...(hasOwn || machines.length === 0 ? [own] : []), ...machines])
  return notBelow0(stated === undefined ? whole : difference(whole, stated))
}

/** What was spent outside agents: requests that name none, and machines, which nobody's requests have for themselves. */
export function outsideAgentsCost(metadata: Metadata): Formula {
  const isRehearsal = metadata.aggregate_statistics.cost.status === 'simulated'
  const own = moneyOf(outsideAgents, { what: 'cost of the requests', isRehearsal })
  return total([own, ...machineFigures(metadata, isRehearsal)])
}

/** What the machines of models that are paid by the hour cost. */
function machineFigures({ models }: Metadata, isRehearsal: boolean): Formula[] {
  return Object.entries(models).flatMap(([name, model]) =>
    (model.cost.receipt ?? []).flatMap(({ status, busy_seconds }, index) =>
      busy_seconds !== undefined && (status === 'simulated') === isRehearsal
        ? [figure('models', name, 'cost', 'receipt', String(index), 'total_usd')]
        : [],
    ),
  )
}

/** A figure of a receipt, from its key within it. */
export function receiptFormula(
  metadata: Metadata,
  { model, block, rest }: { readonly model: string; readonly block: FigurePath; readonly rest: FigurePath },
): Formula | undefined {
  const receipt = metadata.models[model]?.cost.receipt?.[Number(block.at(-1))]
  if (receipt === undefined) return undefined
  const [key, index, classKey] = rest
  if (key === 'classes' && index !== undefined) return classFormula({ model, receipt, block, index, key: classKey })
  if (key === 'fees' && index !== undefined) return feeFormula({ model, receipt, block, index, key: classKey })
  const subject = ofModel(model)
  switch (key) {
    case 'requests':
      return countRequests(subject, 'requests at this price', (request) => isCharged(request, receipt))
    case 'busy_seconds':
      return busySpans(subject, receipt)
    case 'usd_per_hour':
      return { type: 'constant', value: receipt.usd_per_hour ?? 0, what: `the price of ${receipt.source}` }
    case 'calculated_usd':
      return sumOfLines(receipt, block)
    case 'total_usd':
      if (receipt.busy_seconds !== undefined) {
        const hours = quotient(figure(...block, 'busy_seconds'), {
          type: 'constant',
          value: 3600,
          what: 'seconds an hour',
        })
        return product(hours, figure(...block, 'usd_per_hour'))
      }
      if (receipt.status !== 'reported' && receipt.classes.length + (receipt.fees?.length ?? 0) > 0) {
        return sumOfLines(receipt, block)
      }
      return moneyOf(subject, {
        what: 'cost of the requests at this price',
        isRehearsal: receipt.status === 'simulated',
        isMeant: (request) => isCharged(request, receipt),
      })
    default:
      return undefined
  }
}

function sumOfLines({ classes, fees = [] }: ReceiptMetadata, block: FigurePath): Formula {
  return total([
    ...classes.map((_, index) => figure(...block, 'classes', String(index), 'usd')),
    ...fees.map((_, index) => figure(...block, 'fees', String(index), 'usd')),
  ])
}

/** A line of a receipt, and the key of it that is asked for. */
interface AskedLine {
  readonly model: string
  readonly receipt: ReceiptMetadata
  readonly block: FigurePath
  readonly index: string
  readonly key: string | undefined
}

function feeFormula({ model, receipt, block, index, key }: AskedLine): Formula | undefined {
  const fee = receipt.fees?.[Number(index)]
  if (fee === undefined) return undefined
  const at = [...block, 'fees', index]
  switch (key) {
    case 'quantity':
      return measure('sum', `${fee.unit} at this price of model ${model}`, (event) => {
        const request = requestOf(ofModel(model), event)
        if (request === undefined || !isCharged(request, receipt)) return undefined
        const own = request.cost?.lines
          .filter(isFeeLine)
          .filter(
            ({ unit, variant, usdPerUnit, source }) =>
              unit === fee.unit && variant === fee.variant && usdPerUnit === fee.usd_per_unit && source === fee.source,
          )
        return own === undefined || own.length === 0 ? undefined : own.reduce((sum, line) => sum + line.quantity, 0)
      })
    case 'usd_per_unit':
      return {
        type: 'constant',
        value: fee.usd_per_unit,
        what: `the fee of ${fee.source ?? `${receipt.source} ${receipt.version}`}`,
      }
    case 'usd':
      return product(figure(...at, 'quantity'), figure(...at, 'usd_per_unit'))
    default:
      return undefined
  }
}

function classFormula({ model, receipt, block, index, key }: AskedLine): Formula | undefined {
  const line = receipt.classes[Number(index)]
  if (line === undefined) return undefined
  const at = [...block, 'classes', index]
  switch (key) {
    case 'tokens':
      return measure('sum', `${line.token_class} tokens at this price of model ${model}`, (event) => {
        const request = requestOf(ofModel(model), event)
        if (request === undefined || !isCharged(request, receipt)) return undefined
        const own = request.cost?.lines
          .filter(isTokenLine)
          .filter(
            ({ tokenClass, usdPerMillion }) =>
              tokenClass === line.token_class && usdPerMillion === line.usd_per_million,
          )
        return own === undefined || own.length === 0 ? undefined : own.reduce((sum, { tokens }) => sum + tokens, 0)
      })
    case 'usd_per_million':
      return {
        type: 'constant',
        value: line.usd_per_million,
        what: `the price of ${receipt.source} ${receipt.version}`,
      }
    case 'usd':
      return product(figure(...at, 'tokens'), quotient(figure(...at, 'usd_per_million'), million))
    default:
      return undefined
  }
}

const million: Formula = { type: 'constant', value: 1_000_000, what: 'a million' }

/** True when the request was charged at the price of the receipt, or kept the machine busy that it charges. */
function isCharged({ cost }: RequestEnd, receipt: ReceiptMetadata): boolean {
  if (cost === undefined) return false
  if (receipt.busy_seconds === undefined) return cost.status === receipt.status && isPrice(cost.price, receipt)
  const isSameKind = (cost.status === 'simulated') === (receipt.status === 'simulated')
  return isSameKind && cost.hourly?.usdPerHour === receipt.usd_per_hour && isPrice(cost.hourly?.price, receipt)
}

function isPrice(price: PriceReference | undefined, receipt: ReceiptMetadata): boolean {
  return (
    price !== undefined &&
    price.source === receipt.source &&
    price.version === receipt.version &&
    price.provider === receipt.provider &&
    price.product === receipt.product &&
    price.tier === receipt.tier &&
    price.date === receipt.price_date &&
    price.place === receipt.place
  )
}

function busySpans(subject: Subject, receipt: ReceiptMetadata): Formula {
  return {
    type: 'measure',
    measure: {
      what: `time with at least one request under way of ${subject.name}`,
      reduction: 'united spans',
      scale: 1e-6,
      value: (event) => {
        const request = requestOf(subject, event)
        const isOwn = request !== undefined && isCharged(request, receipt)
        return isOwn ? microseconds(request.durationSeconds) : undefined
      },
      start: (event) => (event.type === 'request-end' ? Math.round(event.startedAtMs * 1000) : 0),
    },
  }
}

/** Money that a program stated for nodes. */
export function statedCost(what: string, isMeant: NonNullable<Subject['statedBy']>): Formula {
  const value = (event: Parameters<Parameters<typeof measure>[2]>[0]) =>
    event.type === 'node-end' && isMeant(event) ? event.stated?.costPicodollars : undefined
  return measure('sum', what, value, 1 / picodollarsPerUsd)
}
