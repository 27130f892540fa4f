import type { MetadataEvent } from '../../src/metadata/event.ts'
import type { AnswerFunction, AnswerObject } from '../../src/simulator/answers/answer.ts'
import type { ChatRequest } from '../../src/simulator/chat-request.ts'
import type { EdgeConfig } from '../../src/workflow/config/topology/edge-config.ts'
import type { NodeConfig } from '../../src/workflow/nodes/node-kinds.ts'
import type { RunOptions, RunResult } from '../../src/workflow/run/run-options.ts'
import { Workflow } from '../../src/workflow/workflow.ts'
import { scratchFolder } from './scratch-folder.ts'

export interface NodesRun extends RunResult {
  readonly events: readonly MetadataEvent[]
  /** The requests that the models got, in the order they came. */
  readonly requests: readonly ChatRequest[]
}

/** Runs nodes over rows, on simulated models that answer what is given or say `ok`. */
export async function runNodes(
  nodes: Readonly<Record<string, NodeConfig>>,
  {
    rows = [{ id: 'r1' }],
    answer = () => 'ok',
    edges = [],
    options = {},
    outputMap = {},
  }: {
    readonly rows?: readonly object[]
    readonly answer?: (request: ChatRequest, index: number) => string | AnswerObject | undefined
    readonly edges?: readonly EdgeConfig[]
    readonly options?: RunOptions
    /** Fields of the output and the state keys they take; the whole state when there are none. */
    readonly outputMap?: Readonly<Record<string, string>>
  } = {},
): Promise<NodesRun> {
  const graph = new Workflow('nodes_under_test').source([...rows])
  for (const [name, config] of Object.entries(nodes)) graph.addNode(name, config)
  for (const edge of edges) {
    if ('condition' in edge) graph.addConditionalEdge(edge.from, edge.condition as string, edge.path_map)
    else graph.addEdge(edge.from, edge.to)
  }
  for (const [name, from] of Object.entries(outputMap)) graph.outputField(name, { from })
  const events: MetadataEvent[] = []
  const requests: ChatRequest[] = []
  const answers: AnswerFunction = (request) => answer(request, requests.push(request) - 1)
  const result = await graph.run({
    simulate: { answers, timeScale: 0 },
    outputDir: await scratchFolder(),
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { ...result, events, requests }
}

/** The texts of a request's messages, each with its role in front. */
export function saidIn({ messages }: ChatRequest): readonly string[] {
  return messages.map(
    ({ role, content }) => `${role}: ${typeof content === 'string' ? content : JSON.stringify(content)}`,
  )
}
