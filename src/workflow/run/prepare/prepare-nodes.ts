import { SygraError } from '../../../errors.ts'
import type { PriceBook } from '../../../pricing/index.ts'
import { placeText } from '../../config/config-issue.ts'
import { didYouMean } from '../../config/nearest-name.ts'
import type { WorkflowDefinition } from '../../define-workflow.ts'
import { gather } from '../../gather.ts'
import type { GuardedModels } from '../../limits/guarded-models.ts'
import { readEnvironmentFile } from '../../models/environment-file.ts'
import { loadModels } from '../../models/load-models.ts'
import type { ModelClient } from '../../models/model-call.ts'
import { createModelClient, modelClientOf } from '../../models/model-client.ts'
import type { ModelObject } from '../../models/model-object.ts'
import { resolveModel } from '../../models/resolve-model.ts'
import type { FunctionLoader, ModuleLoader } from '../../module-loader.ts'
import type { ModelBlock } from '../../nodes/chat/model-block.ts'
import type { NodeExecutor, NodeParts, UserFunction } from '../../nodes/node-kind.ts'
import { kindOf, type NodeConfig } from '../../nodes/node-kinds.ts'
import { DataSource } from '../../sources/data-source.ts'
import { sourceFromConfig } from '../../sources/source-from-config.ts'

interface NodeSurroundings {
  readonly load: FunctionLoader
  readonly modules: ModuleLoader
  readonly findModel: ModelFinder
  /** Makes the task of a subgraph node ready to run. */
  readonly subgraph: (
    node: { readonly name: string; readonly where: string },
    config: Parameters<NodeParts['subgraph']>[0],
  ) => ReturnType<NodeParts['subgraph']>
}

/** Makes the nodes of a workflow: their functions are loaded and their models found, so that nothing is missing later. */
export async function prepareNodes(
  definition: WorkflowDefinition,
  { load, modules, findModel, subgraph }: NodeSurroundings,
): Promise<ReadonlyMap<string, NodeExecutor>> {
  const { config, origin } = definition
  const active = Object.entries(config.graph_config.nodes).filter(([, node]) => node.node_state !== 'idle')
  const made = await gather(
    active.map(async ([name, node]) => {
      const path = ['graph_config', 'nodes', name]
      const where = placeText({ path }, origin)
      const parts: NodeParts = {
        name,
        where,
        directory: definition.directory,
        graphProperties: config.graph_config.graph_properties,
        modules,
        model: findModel,
        function: async (reference, key) =>
          reference === undefined
            ? undefined
            : ((await load(reference, placeText({ path: [...path, key] }, origin))) as UserFunction),
        column: (column) => readColumn(column, { definition, where, modules }),
        subgraph: (inner) => subgraph({ name, where }, inner),
      }
      const executor = await createNode(node, parts).catch(async (error: unknown) => {
        // A node stops at the first thing that is missing; the user is to hear of all.
        await gather([Promise.reject(error), ...neededBy(node).map((need) => need(parts))])
        throw error
      })
      return [name, executor] as const
    }),
  )
  return new Map(made)
}

async function createNode(node: NodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const maker = await kindOf(node).load()
  return maker.create(node, parts)
}

/** The functions and the models that a node names. */
function neededBy(node: NodeConfig): readonly ((parts: NodeParts) => Promise<unknown>)[] {
  const { functions = {}, models = [] } = kindOf(node).references?.(node) ?? {}
  return [
    ...Object.entries(functions).map(
      ([key, reference]) =>
        async (parts: NodeParts) =>
          typeof reference === 'string' ? parts.function(reference, key) : undefined,
    ),
    ...models.map((block) => (parts: NodeParts) => parts.model(block)),
  ]
}

/** Gives the client for a model block; blocks that say the same share one. */
export type ModelFinder = (block: ModelBlock) => Promise<ModelClient>

/** Finds models for one run: from the task's `models.yaml`, the environment and `.env`, or all at a simulator. */
export function createModelFinder({
  directory,
  simulatorUrl,
  prices,
  models: guarded,
  isOffline,
}: {
  readonly directory: string
  readonly simulatorUrl?: string
  /** Nothing will be sent: neither key nor address is needed. */
  readonly isOffline?: boolean
  /** Takes every model that is found. */
  readonly models: GuardedModels
  /** The user's own prices, from a prices file. */
  readonly prices?: PriceBook
}): ModelFinder {
  const environment = readEnvironmentFile()
  const models = loadModels({ directory, environment })
  const clients = new Map<string, ModelClient>()
  return async ({ name, parameters = {}, input_type: inputType, output_type: outputType, language_model: object }) => {
    if (isModelObject(object)) {
      return guarded.guard(modelClientOf(object, { parameters, media: { input: inputType, output: outputType } }))
    }
    const key = JSON.stringify([name, parameters, inputType, outputType])
    let client = clients.get(key)
    if (client === undefined) {
      const resolved = resolveModel(
        { name, parameters, inputType, outputType },
        { models, environment, simulatorUrl, prices, isOffline },
      )
      client = guarded.guard(createModelClient(resolved))
      clients.set(key, client)
      if (isOffline !== true) await client.open()
    }
    return client
  }
}

function isModelObject(value: object | undefined): value is ModelObject {
  return value !== undefined && 'doGenerate' in value && 'modelId' in value
}

/**
 * The values of a column, of a source of its own or of the data of the task.
 *
 * @throws SygraError `bad_config` when there is no source, `bad_data` when no record has the column.
 */
async function readColumn(
  { column, source }: { readonly column: string; readonly source?: unknown },
  {
    definition,
    where,
    modules,
  }: { readonly definition: WorkflowDefinition; readonly where: string; readonly modules: ModuleLoader },
): Promise<readonly unknown[]> {
  const from = source === undefined ? definition.source : await sourceOf(source, { definition, where, modules })
  if (from === undefined) {
    throw new SygraError('bad_config', `${where}: values of column "${column}" need a source, as the task has no data`)
  }
  const values: unknown[] = []
  const columns = new Set<string>()
  for await (const row of from.rows({ isPreview: true })) {
    if (Object.hasOwn(row, column)) values.push(row[column])
    else for (const name of Object.keys(row)) columns.add(name)
  }
  if (values.length > 0) return values
  const known = [...columns]
  const hint = didYouMean(column, known) || (known.length > 0 ? `; it has ${known.join(', ')}` : '; it is empty')
  throw new SygraError('bad_data', `${where}: the source has no column "${column}"${hint}`)
}

async function sourceOf(
  source: unknown,
  { definition, where, modules }: Parameters<typeof readColumn>[1],
): Promise<DataSource> {
  if (source instanceof DataSource) return source
  return sourceFromConfig(source, {
    directory: definition.directory,
    load: (reference) => modules.export(reference, `${where}: source`),
  })
}
