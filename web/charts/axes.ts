import type { Axis } from 'uplot'
import type { Palette } from './palette.ts'

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

/** An axis in the style of the page. */
export function axis(palette: Palette, given: Axis = {}): Axis {
  return {
    stroke: palette.text,
    font,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, width: 1, size: 4 },
    gap: 4,
    ...given,
  }
}

/** The axis of amounts, at the left, with its numbers in the format of the page. */
export function amountAxis(palette: Palette, format: (value: number) => string): Axis {
  return axis(palette, { size: 62, space: 28, values: (_plot, values) => values.map((value) => format(value)) })
}
