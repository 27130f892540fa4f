import type { Random } from '../../seeded-random.ts'

/** A number within the bounds of a JSON Schema, near 0 to 100 where they allow it. */
export function numberFor(
  schema: Readonly<Record<string, unknown>>,
  { isInteger, random }: { readonly isInteger: boolean; readonly random: Random },
): number {
  const step = positive(schema.multipleOf) ?? (isInteger ? 1 : undefined)
  const { least, most } = usualRange(boundsOf(schema, step))
  if (step === undefined) {
    const drawn = least + random() * (most - least)
    const rounded = Number(drawn.toFixed(2))
    return rounded >= least && rounded <= most ? rounded : drawn
  }
  const first = Math.ceil(least / step)
  const count = Math.max(0, Math.floor(most / step) - first)
  // Twelve digits hide the error of multiplying by a step such as 0.1.
  return Number(((first + Math.floor(random() * (count + 1))) * step).toPrecision(15))
}

interface Bounds {
  readonly least: number
  readonly most: number
}

function boundsOf(schema: Readonly<Record<string, unknown>>, step: number | undefined): Bounds {
  const least = number(schema.minimum) ?? Number.NEGATIVE_INFINITY
  const most = number(schema.maximum) ?? Number.POSITIVE_INFINITY
  const above = number(schema.exclusiveMinimum)
  const below = number(schema.exclusiveMaximum)
  const margin = step ?? marginIn(above ?? least, below ?? most)
  return {
    least: above === undefined ? least : Math.max(least, above + margin),
    most: below === undefined ? most : Math.min(most, below - margin),
  }
}

function marginIn(least: number, most: number): number {
  const width = most - least
  return Number.isFinite(width) ? width / 1000 : 0.01
}

function usualRange({ least, most }: Bounds): Bounds {
  if (least <= 100 && most >= 0 && Math.max(least, 0) <= Math.min(most, 100)) {
    const usual = { least: Math.max(least, 0), most: Math.min(most, 100) }
    if (usual.most > usual.least || least === most) return usual
  }
  if (Number.isFinite(least)) return { least, most: Math.min(most, least + 100) }
  return { least: most - 100, most }
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
