import { type CompiledNode, compileGraph } from '../../src/workflow/graph/compile-graph.ts'
import type { GraphRun } from '../../src/workflow/graph/graph-step.ts'
import { runGraph } from '../../src/workflow/graph/run-graph.ts'
import type { State, StateUpdate } from '../../src/workflow/graph/state.ts'
import { type GraphText, graphOf } from './graph-of.ts'
import { VirtualTime } from './virtual-time.ts'

export interface TracedRun extends GraphText {
  readonly state?: State
  /** How long each node takes; 1 where none is given. */
  readonly durations?: Readonly<Record<string, number>>
  /** What each condition gives, pass by pass, by the node it follows; the last again after that. */
  readonly choices?: Readonly<Record<string, readonly string[]>>
  /** What nodes do; by default a node writes `true` under its own name. */
  readonly nodes?: Readonly<Record<string, (state: State, visit: number) => StateUpdate | Promise<StateUpdate>>>
  readonly signal?: AbortSignal
}

export interface Trace {
  /** Names of the nodes in the order they began. */
  readonly began: string[]
  /** `name@time` in the order they began. */
  readonly beganAt: string[]
  /** What each pass was given, by `name` and number of the pass. */
  readonly given: Record<string, State>
}

/** Runs a graph in virtual time and tells what happened; rejects as the run does. */
export async function runTraced(run: TracedRun): Promise<Trace & { readonly state: State }> {
  const trace: Trace = { began: [], beganAt: [], given: {} }
  const state = await runInto(trace, run)
  return { ...trace, state }
}

/** As `runTraced`, with a trace that is still there when the run rejects. */
export function runInto(trace: Trace, run: TracedRun): Promise<State> {
  const time = new VirtualTime()
  const visits = new Map<string, number>()
  const decisions = new Map<string, number>()
  const execute = async (node: CompiledNode, state: State): Promise<StateUpdate> => {
    const visit = (visits.get(node.name) ?? 0) + 1
    visits.set(node.name, visit)
    trace.began.push(node.name)
    trace.beganAt.push(`${node.name}@${time.now}`)
    trace.given[`${node.name}${visit}`] = { ...state }
    await time.wait(run.durations?.[node.name] ?? 1)
    const act = run.nodes?.[node.name]
    return act === undefined ? { [node.name]: true } : act(state, visit)
  }
  const decide: GraphRun['decide'] = ({ from }) => {
    const decision = decisions.get(from) ?? 0
    decisions.set(from, decision + 1)
    const choices = run.choices?.[from] ?? []
    return choices[Math.min(decision, choices.length - 1)] ?? 'missing choice'
  }
  const graph = compileGraph(graphOf(run))
  return time.until(runGraph({ graph, state: run.state ?? {}, execute, decide, signal: run.signal }))
}
