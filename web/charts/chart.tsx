import { useEffect, useRef } from 'preact/hooks'
import uPlot, { type AlignedData, type Options } from 'uplot'

export interface ChartProps {
  /** What the chart shows, in a sentence, for those who cannot see it. */
  readonly label: string
  readonly height: number
  readonly data: AlignedData
  /** Everything but the size; another object draws the chart anew. */
  readonly options: Omit<Options, 'width' | 'height'>
}

/** A chart as wide as there is room. */
export function Chart({ label, height, data, options }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const chart = new uPlot({ ...options, width: widthOf(element), height }, data, element)
    plot.current = chart
    const observer = new ResizeObserver(() => chart.setSize({ width: widthOf(element), height }))
    observer.observe(element)
    // A canvas does not follow the width of the paper by itself.
    const toPaper = () => chart.setSize({ width: Math.min(widthOf(element), paperWidth), height })
    const toScreen = () => chart.setSize({ width: widthOf(element), height })
    addEventListener('beforeprint', toPaper)
    addEventListener('afterprint', toScreen)
    return () => {
      removeEventListener('beforeprint', toPaper)
      removeEventListener('afterprint', toScreen)
      observer.disconnect()
      plot.current = undefined
      chart.destroy()
    }
  }, [options, height])
  useEffect(() => plot.current?.setData(data), [data])
  return <div class="chart" ref={frame} role="img" aria-label={label} />
}

/** A sheet of A4 or of Letter, within its margins, in pixels. */
const paperWidth = 690

function widthOf(element: HTMLElement): number {
  return Math.max(120, Math.floor(element.clientWidth))
}
