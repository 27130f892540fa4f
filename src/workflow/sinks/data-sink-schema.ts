import { z } from 'zod'
import { closedObject } from '../config/closed-object.ts'
import { sinkFormats } from './sink-format.ts'

/** One entry of `data_config.sink` in a task's configuration. */
export const dataSinkSchema = closedObject({
  type: z.enum([...sinkFormats, 'disk']).describe('the format; disk: told by file_format or the name of the file'),
  file_path: z.string().min(1).describe('relative to the task'),
  file_format: z.enum(sinkFormats).optional().describe('for type disk'),
  alias: z.string().min(1).optional().describe('name among several sinks'),
  encoding: z.enum(['utf-8', 'utf8']).optional().describe('always utf-8'),
})

/** One entry of `data_config.sink`, as configured. */
export type DataSinkConfig = z.infer<typeof dataSinkSchema>
