export { addFields } from './add-fields.ts'
export { type CombineOptions, combineRows } from './combine-rows.ts'
export { type FilterOptions, filterByField, filterRows } from './filter-rows.ts'
export {
  type RowFunction,
  type RowsTransformer,
  type RowTransformer,
  type TransformationLike,
  type TransformationParameters,
  toTransformation,
} from './own-transformation.ts'
export { type RenameOptions, renameFields } from './rename-fields.ts'
export { type SkipOptions, skipRows } from './skip-rows.ts'
export { type Transformation, transformRows } from './transformation.ts'
export {
  type LoadReference,
  type TransformationConfig,
  transformationFrom,
  transformationSchema,
} from './transformation-config.ts'
