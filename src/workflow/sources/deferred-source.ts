import type { BadRecordOptions, PrecheckOptions, ReadOptions, Row, Source, SourceDescription } from './source.ts'

/**
 * A source whose reader is loaded when it is first needed: parsers of formats that a program may never read would make
 * the whole package slow to import.
 */
export function deferredSource(description: SourceDescription, load: () => Promise<Source>): Source {
  let loaded: Source | undefined
  const ready = async () => {
    loaded ??= await load()
    return loaded
  }
  return {
    describe: () => loaded?.describe() ?? description,
    check: async (options?: BadRecordOptions) => (await ready()).check(options),
    precheck: async (options?: PrecheckOptions) => (await ready()).precheck(options),
    count: async () => (await ready()).count(),
    async *rows(options?: ReadOptions): AsyncGenerator<Row> {
      yield* (await ready()).rows(options)
    },
  }
}
