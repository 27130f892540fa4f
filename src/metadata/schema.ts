import { z } from 'zod'
import { actorFigures } from './figures/actor-figures.ts'
import { avoidedFigures } from './figures/avoided-figures.ts'
import {
  actorCostFigures,
  costDoubtFigures,
  modelCostFigures,
  nodeCostFigures,
  partCostFigures,
  runCostFigures,
  unpricedFigures,
} from './figures/cost-figures.ts'
import { shapeOf } from './figures/figure-shape.ts'
import { nodeFigures } from './figures/node-figures.ts'
import { duplicatedRecordFigures, failedRecordFigures, recordFigures } from './figures/record-figures.ts'
import {
  callFigures,
  nodeModelFigures,
  performanceFigures,
  requestFigures,
  runRequestFigures,
  wasteFigures,
} from './figures/request-figures.ts'
import { throughputFigures } from './figures/run-figures.ts'
import { tokenFigures, tokenStatisticsFigures, totalTokenFigures } from './figures/token-figures.ts'
import { workerFigures } from './figures/worker-figures.ts'
import { metadataVersions } from './versions.ts'

/**
 * The metadata file. Keys that format 1.1.0 added are optional, because files of format 1.0.0 do not have them; whatever
 * else a file holds is kept. Each description is the definition of the key.
 */

const count = z.number().int().nonnegative()
const amount = z.number()
const text = z.string().nullable()

const latencyStatistics = z.looseObject({
  min: amount.describe('The smallest value.'),
  max: amount.describe('The largest value.'),
  mean: amount.describe('The sum of the values by how many there are.'),
  median: amount.describe('The same as p50.'),
  std_dev: amount.describe('Sample standard deviation (n-1); 0 for one value.'),
  p50: amount.describe('Half of the values are not larger.'),
  p95: amount.describe('95 of 100 values are not larger.'),
  p99: amount.describe('99 of 100 values are not larger.'),
})

const sketch = z
  .looseObject({
    relative_accuracy: amount.describe('How far a value may be from the one that stands for its bin.'),
    unit: z.string(),
    count: count.describe('How many values there are.'),
    sum: amount.describe('The sum of the values.'),
    min: amount.describe('The smallest value.'),
    max: amount.describe('The largest value.'),
    zero_count: count.describe('Values of 0, which have no bin.'),
    bins: z.string().describe('DDSketch bins as "index:count", separated by spaces.'),
  })
  .describe('Mergeable state of the distribution.')

const costStatus = z
  .enum(['priced', 'partial', 'unpriced', 'free', 'reported', 'simulated'])
  .describe('How far the cost can be trusted; `simulated` is a rehearsal, never money spent.')

const receipt = z.looseObject({
  status: costStatus,
  source: z.string().describe('Where the price comes from.'),
  version: z.string(),
  provider: z.string(),
  product: z.string(),
  tier: z.string(),
  price_date: z.string().describe('The day the price was asked for.'),
  listed_on: z.string().optional().describe('The day the price list was published.'),
  place: z.string().optional().describe('Where the model was served, if that can decide the price.'),
  page: z.string().optional().describe('Page of the provider on which the price can be checked.'),
  currency_note: z.string().optional().describe("How the user's own price came to be in USD."),
  requests: count.describe('Requests that were charged at this price.'),
  total_usd: amount.describe(
    'To 1e-12 USD: the sum of the classes and fees, or what the provider stated where the status is `reported`.',
  ),
  calculated_usd: amount
    .optional()
    .describe('What the classes and fees add up to where the provider stated the total.'),
  classes: z.array(
    z.looseObject({
      token_class: z.string(),
      tokens: count.describe('Tokens of the class, none of which is in another class.'),
      usd_per_million: amount.describe('Price of a million of them.'),
      usd: amount.describe('Tokens × price.'),
    }),
  ),
  fees: z
    .array(
      z.looseObject({
        unit: z.string().describe('What is charged: `webSearch`, `image`, `audioSecond`, …'),
        variant: z.string().optional().describe('What decides the price of the unit beside the model.'),
        quantity: amount.describe('How many units.'),
        usd_per_unit: amount.describe('Price of one.'),
        usd: amount.describe('Quantity × price.'),
        source: z.string().optional().describe('Page that the fee was read from and the day; or the price list.'),
      }),
    )
    .optional()
    .describe('What is charged beside tokens; only where there is any.'),
  busy_seconds: amount
    .optional()
    .describe('Time with at least one request under way; only where a machine is paid by the hour.'),
  usd_per_hour: amount.optional().describe('Price of the machine while it is busy.'),
})

const costExtras = {
  status: costStatus.nullable().optional(),
  is_lower_bound: z
    .boolean()
    .optional()
    .describe('True for a rehearsal of which a part has no price; elsewhere the status says so.'),
  unpriced_reasons: z
    .array(z.looseObject({ reason: z.string(), requests: count.describe('Requests with this reason.') }))
    .optional()
    .describe('Why a cost, or a part of it, is not known; of a model.'),
  ...shapeOf(costDoubtFigures),
  receipt: z.array(receipt).optional().describe('How the cost was computed, one entry for each price used.'),
}

const tokenStatistics = z.looseObject(shapeOf(tokenStatisticsFigures))

const calls = z
  .looseObject({
    ...shapeOf(callFigures),
    latency_statistics: latencyStatistics.describe(
      "Of the calls that a provider answered, in seconds; hits of a gateway's cache are not in it.",
    ),
  })
  .describe('What the program asked for: from the first try to the final answer, waits included.')

const avoided = z
  .looseObject(shapeOf(avoidedFigures))
  .optional()
  .describe(
    'What answers that were kept have saved (`--cache`); only where there are any. None of it is in any other figure: it was neither asked for nor spent.',
  )

const requests = z.looseObject(shapeOf(requestFigures))

const errorTypes = z.record(z.string(), count).describe('How often each error occurred.')

const performanceExtras = {
  time_to_first_token_statistics: latencyStatistics
    .nullable()
    .optional()
    .describe('From the send to the first token of a stream, in seconds.'),
  error_types: errorTypes.optional(),
}

const environment = z.looseObject({
  python_version: text.optional(),
  sygra_version: text,
  node_version: text.optional(),
})

const worker = z.looseObject({
  host: text,
  pid: z.number().nullable().describe('Number of its process on that host.'),
  node_version: text,
  session: z.number().nullable().describe('The session of the run that it joined, from 0.'),
  concurrency: z.number().nullable().describe('How many records it did at once.'),
  transport: text.describe(
    'How it got its records: `process` for a child process, `redis`; `none` for a process of a program that is watched.',
  ),
  program: z.string().optional().describe('The file of the program, without its ending.'),
  thread: z.number().optional().describe('Of a worker thread: its number within its process.'),
  start_time: text,
  end_time: text,
  duration_seconds: z.number().nullable().describe('How long it was there; null while it has not left.'),
  status: z.string().optional().describe('How a process of a program ended; left out while it goes on.'),
  reason: z.string().optional().describe('Why it left before its work was done.'),
  ...shapeOf(workerFigures),
})

const batch = z.looseObject({
  id: z.string().describe("The run's own name of it."),
  provider_id: text.describe("The provider's name of it; null while it has none."),
  model: z.string(),
  state: z
    .enum(['submitting', 'waiting', 'ended', 'failed', 'withdrawn'])
    .describe('`submitting`: handed in, or about to be; `withdrawn`: it never arrived.'),
  lines: count.describe('How many calls it holds.'),
  answered: count.nullable().describe('How many of them have an answer or an error.'),
  submitted_at: z.string(),
  changed_at: z.string().describe('When it was last heard of.'),
  reason: z.string().optional(),
})

/** Members of a graph: its nodes and the ways between them. */
const nodeWays = {
  nodes: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  edges: z.array(z.looseObject({ from: z.string(), to: z.string(), choice: z.string().optional() })),
}

const execution = z.looseObject({
  task_name: z.string(),
  run_name: text,
  output_dir: text,
  batch_size: z.number().nullable().describe('How many records were in work at once, as the run was asked.'),
  checkpoint_interval: z.number().nullable().describe('As the run was asked; kept for readers of format 1.0.0.'),
  resumable: z.boolean().nullable(),
  debug: z.boolean().nullable(),
  timing: z.looseObject({
    start_time: text,
    end_time: text,
    duration_seconds: z.number().nullable().describe('Wall time of all sessions together.'),
  }),
  environment,
  git: z.looseObject({
    commit_hash: text,
    branch: text,
    is_dirty: z.boolean().nullable(),
    remote_url: text.optional(),
  }),
  output_path: text.optional(),
  num_records: z.number().nullable().optional().describe('How many records were asked for; null for all.'),
  config_hash: text.optional(),
  host: text.optional(),
  pid: z.number().nullable().optional().describe('Number of the process that did the run, or its last session.'),
  watched_by: z
    .number()
    .optional()
    .describe('Number of the process of `sygra exec` that watches the program, as long as it does.'),
  sessions: z
    .array(
      z.looseObject({
        start_time: text,
        end_time: text,
        duration_seconds: z.number().nullable().describe('Wall time of the session.'),
        records: z.number().nullable().describe('Records that ended in the session.'),
        status: z.string(),
      }),
    )
    .optional(),
  workers: z
    .record(z.string(), worker)
    .optional()
    .describe(
      'The processes that did the records, or those of a program that called a model, by name; only where there were several. Each has a ledger of its own.',
    ),
  graph: z
    .looseObject({
      ...nodeWays,
      subgraphs: z
        .array(z.looseObject({ name: z.string(), ...nodeWays }))
        .optional()
        .describe(
          'What is within the nodes that are tasks of their own, by their whole names; the names there are whole too.',
        ),
    })
    .optional()
    .describe(
      'The nodes of the workflow and the ways between them, from START to END; `choice` names a conditional way.',
    ),
  reason: text.optional().describe('Why the run failed or was interrupted.'),
  batches: z
    .array(batch)
    .optional()
    .describe('What the run handed in to providers to be answered later (`--batch-api`); only where there is any.'),
  concurrency: z
    .record(
      z.string(),
      z.looseObject({
        cuts: count.describe('How often a rate limit halved it.'),
        lowest: count.describe('The fewest requests at once that it came down to.'),
        last: count.describe('How many requests at once there might be in the end.'),
        history: z.array(
          z.looseObject({
            at: z.string(),
            limit: count.describe('How many requests at once there might be from then on.'),
            reason: z.string(),
          }),
        ),
      }),
    )
    .optional()
    .describe('How many requests at once each provider was sent; only where the run set it.'),
})

const dataSource = z.looseObject({
  alias: z.string(),
  source_type: text,
  source_path: text,
  dataset_version: text,
  dataset_hash: text,
  join_type: text,
})

const dataset = z.looseObject({
  source_type: z.string(),
  source_path: text,
  num_records_processed: count.describe('Records that went through the workflow, or what the caller stated.'),
  start_index: count.describe('Records that were passed over.'),
  dataset_version: text,
  dataset_hash: text,
  sources: z.record(z.string(), dataSource).optional(),
})

const recordDistribution = z.looseObject({ ...latencyStatistics.shape })

const aggregate = z.looseObject({
  records: z.looseObject({
    ...shapeOf(recordFigures),
    error_types: errorTypes.optional(),
  }),
  tokens: z.looseObject(shapeOf(tokenFigures)),
  requests: z.looseObject(shapeOf(runRequestFigures)),
  cost: z.looseObject({
    ...shapeOf(runCostFigures),
    ...costExtras,
  }),
  calls: calls.optional(),
  avoided,
  unattributed: z
    .looseObject({
      requests,
      ...shapeOf({ ...totalTokenFigures, ...partCostFigures }),
    })
    .optional()
    .describe('Requests, tokens and cost outside any node.'),
  outside_agents: z
    .looseObject(shapeOf({ ...nodeModelFigures, ...totalTokenFigures, ...partCostFigures, ...unpricedFigures }))
    .optional()
    .describe('Requests, tokens and cost of no agent; only where there are agents, whose own figures it adds up with.'),
  throughput: z.looseObject(shapeOf(throughputFigures)).optional().describe('Per second of wall time.'),
  cost_per_record: recordDistribution
    .extend({
      dearest: z.array(z.looseObject({ record_id: z.string(), cost_usd: amount.describe('What the record cost.') })),
    })
    .optional()
    .describe('Over the ends of records, failed ones and those that were done again included, in USD.'),
  latency_per_record: recordDistribution
    .extend({
      slowest: z.array(
        z.looseObject({ record_id: z.string(), duration_seconds: amount.describe('How long the record took.') }),
      ),
    })
    .optional()
    .describe('Over the ends of records, failed ones and those that were done again included, in seconds.'),
  waste: z
    .looseObject({
      failed_attempts: z
        .looseObject(shapeOf(wasteFigures.failed_attempts))
        .describe('Attempts that did not succeed, retried or not.'),
      retry_waits: z.looseObject(shapeOf(wasteFigures.retry_waits)),
      truncated_answers: z
        .looseObject(shapeOf(wasteFigures.truncated_answers))
        .describe('Answers that ended because the model might write no more.'),
      aborted_streams: z
        .looseObject(shapeOf(wasteFigures.aborted_streams))
        .describe('Answers that nobody read to their end.'),
      failed_records: z.looseObject(shapeOf(failedRecordFigures)).describe('What was lost with records that failed.'),
      duplicated_records: z
        .looseObject(shapeOf(duplicatedRecordFigures))
        .optional()
        .describe('Work that was done twice because a worker was lost, or thought lost; only where there are workers.'),
    })
    .optional(),
})

const parameters = z.record(z.string(), z.unknown()).describe('What the model was called with; no secrets.')

const ledger = z
  .looseObject({
    path: z.string().describe('The name of the file; it stands beside this one.'),
    events: count.describe('Lines written, those of earlier sessions included.'),
    missing_events: count
      .optional()
      .describe(
        'At least so many events were lost; left out when none are known to be. What they cost is in no figure.',
      ),
    incomplete: z
      .boolean()
      .describe('Events were lost: the disk was full, or the file was cut or could not be written.'),
    damaged_lines: count.describe('Lines of earlier sessions that could not be read.'),
  })
  .describe('The file of events that this file can be rebuilt from.')

const notUnderstood = z
  .looseObject({
    total: count.describe('How many there were; nothing of them is in any other figure of this file.'),
    endpoints: z.array(
      z.looseObject({
        kind: z
          .enum(['request', 'socket', 'process'])
          .describe('A POST, a WebSocket, or a process that could not be watched.'),
        host: z.string().describe('Of a process: what was started.'),
        path: z.string().describe('Without query; `{id}` stands for ids.'),
        provider: text.describe('Who serves the host, where that is known.'),
        count,
      }),
    ),
  })
  .describe(
    'What seems to have gone to a model and is not in the account, the most frequent first; left out when there is none.',
  )

const model = z.looseObject({
  model_name: z.string(),
  model_type: text,
  model_url: z.union([z.string(), z.array(z.string())]).nullable(),
  token_statistics: tokenStatistics,
  performance: z.looseObject({
    ...shapeOf(performanceFigures),
    latency_statistics: latencyStatistics.describe(
      "Over all attempts, send to last byte, in seconds; hits of a gateway's cache are not in it.",
    ),
    ...performanceExtras,
  }),
  cost: z.looseObject({
    ...shapeOf(modelCostFigures),
    ...costExtras,
  }),
  response_code_distribution: z.record(z.string(), count).describe('Every attempt; "0" where no response arrived.'),
  parameters,
  provider: text.optional(),
  upstream_model: text.optional(),
  parameter_sets: z.array(parameters).optional().describe('Only where the model was used with several.'),
  calls: calls.optional(),
  avoided,
  latency_sketch: sketch.optional(),
})

const node = z.looseObject({
  node_name: z.string(),
  node_type: z.string(),
  model_name: text,
  ...shapeOf(nodeFigures),
  latency_statistics: latencyStatistics.describe('Over all executions of the node, in seconds of wall time.'),
  cost: z
    .looseObject({
      ...shapeOf(nodeCostFigures),
      ...costExtras,
    })
    .optional(),
  token_statistics: tokenStatistics.optional(),
  requests: z.looseObject({ ...shapeOf(requestFigures), ...shapeOf(unpricedFigures) }).optional(),
  calls: calls.optional(),
  models: z
    .record(
      z.string(),
      z.looseObject(shapeOf({ ...nodeModelFigures, total_tokens: totalTokenFigures.total_tokens, ...partCostFigures })),
    )
    .optional(),
  avoided,
  error_types: errorTypes.optional(),
  inner_nodes: z
    .looseObject({
      names: z.array(z.string()).describe('The nodes within, named `parent.child`.'),
      ...shapeOf({ ...nodeModelFigures, ...totalTokenFigures, ...partCostFigures }),
    })
    .optional()
    .describe(
      'Of a subgraph: what the nodes within it used. It is counted at those nodes and nowhere else, so it is not to be added to them.',
    ),
  latency_sketch: sketch.optional(),
})

const actor = z.looseObject({
  ...shapeOf(actorFigures),
  latency_statistics: latencyStatistics.describe('Over the executions whose end was told, in seconds of wall time.'),
  requests: z
    .looseObject({ ...shapeOf(requestFigures), ...shapeOf(unpricedFigures) })
    .optional()
    .describe('The requests that it sent itself: no other of its kind further in did. Only where there are any.'),
  token_statistics: tokenStatistics.optional().describe('What its own requests used.'),
  cost: z
    .looseObject({ ...shapeOf(actorCostFigures), ...costExtras })
    .optional()
    .describe('What its own requests cost.'),
  inclusive: z
    .looseObject({
      ...shapeOf({ ...nodeModelFigures, ...totalTokenFigures, ...actorCostFigures }),
      status: costExtras.status,
      is_lower_bound: costExtras.is_lower_bound,
      ...shapeOf(costDoubtFigures),
    })
    .optional()
    .describe(
      'Its own requests and those of all that it called. A request is in this of each that it was sent in, so these are not to be added up.',
    ),
  error_types: errorTypes.optional(),
  latency_sketch: sketch.optional(),
})

export const metadataSchema = z.looseObject({
  metadata_version: z.enum(metadataVersions),
  generated_at: z.string(),
  run_id: z.string().optional(),
  parent_run_id: text.optional(),
  status: z.enum(['running', 'complete', 'interrupted', 'failed']).optional(),
  execution,
  dataset,
  aggregate_statistics: aggregate,
  models: z.record(z.string(), model),
  nodes: z.record(z.string(), node),
  agents: z
    .record(z.string(), actor)
    .optional()
    .describe(
      'By the name of the agent: each request counts in the innermost one it was sent in. Only where there are any.',
    ),
  tools: z
    .record(z.string(), actor)
    .optional()
    .describe(
      'The same requests by the innermost tool they were sent in: another view, never to be added to `agents`.',
    ),
  not_understood: notUnderstood.optional(),
  ledger: ledger.optional(),
  repriced_from: z
    .looseObject({
      file: z.string(),
      run_id: z.string(),
      total_cost_usd: amount.describe('What the original cost.'),
      left_out: z
        .array(z.string())
        .optional()
        .describe('Keys of the original that need its ledger, which was not there.'),
    })
    .optional()
    .describe('Only in a file that `sygra reprice --write` made: the original, which stays as it was.'),
})

/** A metadata file, of any format that there is. */
export type Metadata = z.infer<typeof metadataSchema>
export type ModelMetadata = z.infer<typeof model>
export type NodeMetadata = z.infer<typeof node>
export type ActorMetadata = z.infer<typeof actor>
export type LatencyStatistics = z.infer<typeof latencyStatistics>
export type LatencySketch = z.infer<typeof sketch>
export type TokenStatistics = z.infer<typeof tokenStatistics>
export type CallStatistics = z.infer<typeof calls>
export type RequestStatistics = z.infer<typeof requests>
export type ReceiptMetadata = z.infer<typeof receipt>
