import { z } from 'zod'
import type { Figure } from './figure.ts'

type ShapeOf<Rows> = {
  [Key in keyof Rows]: Rows[Key] extends { readonly isAdded: true } ? z.ZodOptional<z.ZodNumber> : z.ZodNumber
}

/** The schema of a block's figures. Apart from the figures, since whoever only adds them up should not wait for zod to load. */
export function shapeOf<const Rows extends Readonly<Record<string, Figure>>>(rows: Rows): ShapeOf<Rows> {
  const shape = Object.entries(rows).map(([key, { sentence, unit, isAdded }]) => {
    const number = unit === 'count' ? z.number().int().nonnegative() : z.number()
    return [key, (isAdded ? number.optional() : number).describe(sentence)]
  })
  return Object.fromEntries(shape)
}
