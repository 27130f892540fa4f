export type { Metadata } from './metadata/schema.ts'
export { type CalculatedCost, calculateCost, type PriceQuery } from './pricing/index.ts'
export {
  type CollectorOptions,
  type DatasetOptions,
  type DatasetSourceOptions,
  MetadataCollector,
  type ModelConfig,
  type ModelRequestOptions,
  type NodeExecutionOptions,
} from './runtime/metadata-collector.ts'
export { getMetadataCollector } from './runtime/scope.ts'
