/** What Prometheus is told of a metric. */
export interface MetricFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
}

export type Labels = Readonly<Record<string, string>>

/** Samples of metrics; what is added to the same labels twice is added up. */
export class MetricSet {
  readonly #families = new Map<string, { readonly family: MetricFamily; readonly samples: Map<string, number> }>()

  /** Adds to a sample; `suffix` is that of a histogram's series. What is no number is not known and has no sample. */
  add(family: MetricFamily, labels: Labels, value: number | null | undefined, suffix = ''): void {
    if (value === null || value === undefined || Number.isNaN(value)) return
    let known = this.#families.get(family.name)
    if (known === undefined) {
      known = { family, samples: new Map() }
      this.#families.set(family.name, known)
    }
    const series = `${family.name}${suffix}${labelText(labels)}`
    known.samples.set(series, (known.samples.get(series) ?? 0) + value)
  }

  /** The text format of Prometheus, version 0.0.4. */
  text(): string {
    let text = ''
    for (const { family, samples } of this.#families.values()) {
      text += `# HELP ${family.name} ${family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`
      text += `# TYPE ${family.name} ${family.type}\n`
      for (const [series, value] of samples) text += `${series} ${valueText(value)}\n`
    }
    return text
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** Sums of decimals without the crumbs of binary arithmetic: no figure of a file has more than twelve digits. */
function valueText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(15))) : value > 0 ? '+Inf' : '-Inf'
}
