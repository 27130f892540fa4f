export { SygraError } from './errors.ts'
export { MetadataCollector } from './runtime/metadata-collector.ts'
export { getMetadataCollector } from './runtime/scope.ts'
