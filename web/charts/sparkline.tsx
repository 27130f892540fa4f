const width = 96
const height = 22
const margin = 2.5

/** The course of a number as a small line; what is unknown is left out. */
export function Sparkline({
  values,
  label,
}: {
  readonly values: readonly (number | undefined)[]
  readonly label: string
}) {
  const known = values.filter((value) => value !== undefined)
  // One point is no course.
  if (known.length < 2) return <span class="sparkline" />
  const low = Math.min(...known)
  const range = Math.max(...known) - low || 1
  const step = (width - 2 * margin) / Math.max(1, values.length - 1)
  const points = values.flatMap((value, index) =>
    value === undefined
      ? []
      : [{ x: margin + index * step, y: height - margin - ((value - low) / range) * (height - 2 * margin) }],
  )
  const last = points.at(-1)
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <polyline points={points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
      {last === undefined ? null : <circle cx={last.x.toFixed(1)} cy={last.y.toFixed(1)} r="2" />}
    </svg>
  )
}
