import { z } from 'zod'
import { cacheSchema } from '../cache/cache-choice.ts'
import { type LimitName, readLimit } from '../limits/run-limits.ts'
import { nodeConfigSchema } from '../nodes/node-kinds.ts'
import { closedObject } from './closed-object.ts'
import { describeValue } from './config-value.ts'
import { graphPropertiesSchema } from './graph-properties.ts'
import { graphPostProcessSchema, outputConfigSchema, schemaConfigSchema } from './output-config.ts'
import { edgeConfigSchema } from './topology/edge-config.ts'
import { end, start } from './topology/graph-ends.ts'

/** `limits` of a task's configuration. */
const limitsSchema = closedObject({
  max_cost: limit('maxCostUsd').describe('US dollars the run may cost; an option of the run goes before it.'),
  max_requests: limit('maxRequests').describe('Requests to models, retries included.'),
  max_tokens: limit('maxTokens').describe('Tokens of prompts and answers together.'),
  max_failures: limit('maxFailures').describe('Failed records: a number, or a share such as 5%.'),
  timeout: limit('timeoutSeconds').describe('How long one session of the run may take: 90 (seconds), 30min, 8h.'),
})

function limit(name: LimitName) {
  return z
    .union([z.number(), z.string()], { error: ({ input }) => expectedBy(name, input) })
    .superRefine((given, context) => {
      const found = readLimit(name, given)
      if ('expected' in found) context.addIssue(`found ${describeValue(given)}; expected ${found.expected}`)
    })
    .optional()
}

function expectedBy(name: LimitName, given: unknown): string | undefined {
  const found = readLimit(name, given)
  return 'expected' in found ? found.expected : undefined
}

/** Where records come from and go to. What a source or a sink may hold is checked by the folder that reads it. */
const dataConfigSchema = closedObject({
  source: z
    .unknown()
    .optional()
    .describe('One source, or a list of sources with alias and join_type; none to generate without data.'),
  sink: z.unknown().optional().describe('One sink, or a list of them; a JSON file in the task folder when left out.'),
  resumable: z.boolean().optional().describe('An interrupted run may be taken up again; false by default.'),
  id_column: z
    .string()
    .optional()
    .describe('The column that gives each record its id; "id" by default, else its content.'),
})

const nodes = z.record(z.string(), nodeConfigSchema).superRefine((value, context) => {
  const names = Object.keys(value)
  if (names.length === 0) context.addIssue('found no nodes; expected at least one')
  for (const name of names.filter((candidate) => candidate === start || candidate === end || candidate === '')) {
    const message = `a node cannot be named "${name}"; expected a name other than ${start} and ${end}`
    context.addIssue({ code: 'custom', path: [name], params: { at: 'key' }, message })
  }
})

const graph = closedObject({
  graph_properties: graphPropertiesSchema.optional(),
  nodes: nodes.describe('Nodes by name.'),
  edges: z.array(edgeConfigSchema).optional().describe('Without edges the nodes run in the order they stand here.'),
})

/** Blocks of which people write the keys beside them. */
const blocks = { data_config: dataConfigSchema, graph_config: graph, output_config: outputConfigSchema }

/** A whole `graph_config.yaml`; the TypeScript builder makes the same object. */
export const graphConfigSchema = closedObject(
  {
    data_config: dataConfigSchema.optional(),
    graph_config: graph,
    output_config: outputConfigSchema.optional(),
    schema_config: schemaConfigSchema.optional(),
    graph_post_process: graphPostProcessSchema.optional(),
    cache: cacheSchema
      .optional()
      .describe('Answers are kept, and what was asked before is not asked again; an option of the run goes before it.'),
    limits: limitsSchema.optional().describe('At which a run of the task stops; options of the run go before.'),
  },
  (key) => {
    const [block] = Object.entries(blocks).find(([, schema]) => key in schema.shape) ?? []
    return block === undefined ? undefined : `write it under "${block}"`
  },
)

export type GraphConfig = z.infer<typeof graphConfigSchema>
