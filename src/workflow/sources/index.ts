export { badRecordError, badRecordHandler, isRow } from './bad-record.ts'
export { canonicalJson } from './canonical-json.ts'
export { DataSource } from './data-source.ts'
export { type DataSourceConfig, dataSourceSchema, dataSourcesSchema } from './data-source-schema.ts'
export type { DiskOptions } from './disk-source.ts'
export { type FileFormat, fileFormats } from './file-format.ts'
export type { HubOptions } from './hub/hub-source.ts'
export { type IdentifiedRow, type IdentifyOptions, identifiedRows } from './identified-rows.ts'
export { type JoinPart, type JoinType, joinTypes } from './joins/join-part.ts'
export type { JoinOptions } from './joins/joined-source.ts'
export { createRecordIds, type IdOptions, recordIdOf } from './record-id.ts'
export type {
  AliasDescription,
  BadRecord,
  BadRecordOptions,
  OnBadRecord,
  Precheck,
  PrecheckOptions,
  ReadOptions,
  Row,
  Source,
  SourceCheck,
  SourceDescription,
  SourceType,
} from './source.ts'
export { type SourceContext, sourceFromConfig } from './source-from-config.ts'
export type { RowStream } from './stream-source.ts'
