export type { Metadata } from './metadata/schema.ts'
export { type CalculatedCost, calculateCost, type PriceQuery } from './pricing/index.ts'
export type {
  CollectorOptions,
  DatasetOptions,
  DatasetSourceOptions,
  ModelConfig,
  ModelRequestOptions,
  NodeExecutionOptions,
} from './runtime/collector/collector-options.ts'
export { MetadataCollector } from './runtime/collector/metadata-collector.ts'
export { getMetadataCollector } from './runtime/scope.ts'
