/** The formats that rows can be written in. */
export const sinkFormats = ['json', 'jsonl', 'csv', 'parquet'] as const

/** A format that rows can be written in. */
export type SinkFormat = (typeof sinkFormats)[number]
