/** How many values of a label have series of their own; those that come later share one. */
const maxValues: Readonly<Record<string, number>> = {
  model: 100,
  node: 200,
  agent: 200,
  tool: 200,
  error_type: 50,
  code: 100,
}

const maxLength = 200

/** What stands for all values beyond the limit. */
const other = 'other'

/**
 * Keeps the number of series bounded, whatever a program calls its models and nodes. Who scrapes again and again keeps one of
 * these: a value that had a series of its own keeps it, so that no counter goes back.
 */
export class LabelLimits {
  readonly #known = new Map<string, Map<string, string>>()
  readonly #clean: (text: string) => string

  /** `clean` removes what must not be shown. */
  constructor(clean: (text: string) => string = (text) => text) {
    this.#clean = clean
  }

  /** The value of a label as it is shown. */
  valueOf(label: string, value: string): string {
    let known = this.#known.get(label)
    if (known === undefined) {
      known = new Map()
      this.#known.set(label, known)
    }
    const shown = known.get(value)
    if (shown !== undefined) return shown
    if (known.size >= (maxValues[label] ?? 20)) return other
    const clean = this.#clean(value).slice(0, maxLength)
    known.set(value, clean)
    return clean
  }
}
