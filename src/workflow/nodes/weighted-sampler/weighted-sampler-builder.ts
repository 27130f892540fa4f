import { NodeBuilder } from '../node-builder.ts'
import type { SamplerAttributes, WeightedSamplerNodeConfig } from './weighted-sampler.ts'

/**
 * What an attribute is drawn from: a list; a column of a source, which is read in order, or of the task's data when none is
 * named. Of several columns one is chosen each time.
 */
export type SamplerValues =
  | readonly unknown[]
  | { readonly column: string | readonly string[]; readonly source?: unknown }

/** An attribute of a sampler: its values, with weights or alone. */
export type SamplerChoice = SamplerValues | { readonly values: SamplerValues; readonly weights?: readonly number[] }

/** What a sampler of these attributes writes. */
export type SampledValues<Attributes> = {
  -readonly [Name in keyof Attributes]: Attributes[Name] extends readonly (infer Value)[]
    ? Value
    : Attributes[Name] extends { readonly values: readonly (infer Value)[] }
      ? Value
      : unknown
}

/** Describes a weighted_sampler node. */
export class WeightedSamplerNodeBuilder extends NodeBuilder {
  readonly #config: WeightedSamplerNodeConfig

  constructor(config: WeightedSamplerNodeConfig) {
    super(config)
    this.#config = config
  }

  /** A state key and what it is drawn from; without weights all values are as likely. */
  addAttribute(name: string, values: SamplerValues, weights?: readonly number[]): this {
    this.#config.attributes[name] = samplerAttribute(weights === undefined ? { values } : { values, weights })
    return this
  }

  /** Same seed, same draw for a record; 0 by default. */
  seed(seed: number | string): this {
    this.#config.seed = seed
    return this
  }
}

/** The configuration of a sampler of these attributes. */
export function samplerNode(attributes: Readonly<Record<string, SamplerChoice>> = {}): WeightedSamplerNodeConfig {
  const entries = Object.entries(attributes).map(([name, choice]) => [name, samplerAttribute(choice)] as const)
  return { node_type: 'weighted_sampler', attributes: Object.fromEntries(entries) }
}

function samplerAttribute(choice: SamplerChoice): SamplerAttributes[string] {
  if (isList(choice)) return { values: [...choice] }
  if ('column' in choice) return { values: columnOf(choice) }
  const { values, weights } = choice
  return {
    values: isList(values) ? [...values] : columnOf(values),
    ...(weights === undefined ? {} : { weights: [...weights] }),
  }
}

function columnOf({ column, source }: Extract<SamplerValues, { readonly column: unknown }>) {
  return { column: typeof column === 'string' ? column : [...column], ...(source === undefined ? {} : { source }) }
}

// `Array.isArray` does not tell readonly lists from other objects.
function isList(value: SamplerChoice): value is readonly unknown[] {
  return Array.isArray(value)
}
