import { z } from 'zod'
import { closedObject } from '../config/closed-object.ts'
import { transformationSchema } from '../transformations/transformation-config.ts'
import { fileFormats } from './files/disk-files.ts'
import { joinTypes } from './joins/join-part.ts'

const text = z.string().min(1)

/** One entry of `data_config.source` in a task's configuration. */
export const dataSourceSchema = closedObject(
  {
    type: z
      .enum(['hf', 'huggingface', 'disk', 'memory'])
      .describe('hf: the Hugging Face Hub; disk: files; memory: rows written here'),
    alias: text.optional().describe('name among several sources; put before its columns as alias->column'),
    join_type: z.enum(joinTypes).optional().describe('how it is joined to the primary source'),
    primary_key: text.optional().describe('for join_type column: the column of the primary source'),
    join_key: text.optional().describe('for join_type column: the column of this source'),
    file_path: z
      .union([text, z.array(text).min(1)])
      .optional()
      .describe('for disk: a path or glob pattern, or several, relative to the task, or to where one runs'),
    file_format: z.enum(fileFormats).optional().describe('default: told by the name of the file'),
    encoding: text.optional().describe('default: utf-8'),
    delimiter: z.string().length(1).optional().describe('of CSV; default: told from the first line'),
    repo_id: text.optional().describe('for hf: owner/name'),
    config_name: text.optional().describe("for hf: the configuration (subset); default: the dataset's own"),
    split: z
      .union([text, z.array(text).min(1)])
      .optional()
      .describe('for hf: a split, or several read one after the other; default: train'),
    revision: text.optional().describe('for hf: branch, tag or commit; default: main'),
    token: text.optional().describe('for hf; better kept out of this file: HF_TOKEN'),
    streaming: z.boolean().optional().describe('accepted for the sake of Python tasks; everything streams'),
    data: z.array(z.record(z.string(), z.unknown())).optional().describe('for memory: the rows'),
    transformations: z.array(transformationSchema).optional().describe('steps that the rows run through, in order'),
  },
  (key) => (key === 'shard' ? noShards : undefined),
).superRefine((source, context) => {
  const needed = neededKey[source.type]
  if (source[needed] === undefined) {
    context.addIssue({ code: 'custom', path: [needed], message: `type ${source.type} needs ${needed}` })
  }
})

const noShards =
  'files are not divided into shards here: name those that are meant in file_path (it takes patterns), or take a part with --start-index and --num-records'

const neededKey = { hf: 'repo_id', huggingface: 'repo_id', disk: 'file_path', memory: 'data' } as const

/** One entry of `data_config.source`, as configured. */
export type DataSourceConfig = z.infer<typeof dataSourceSchema>
