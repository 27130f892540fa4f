import { checkUpdate, type GraphRun, loopLimitReached, targetOf } from './graph-step.ts'
import { newsIn, writeNews } from './reducer.ts'
import { runBranches } from './run-branches.ts'
import { copyState, isPromiseLike, type State } from './state.ts'

/**
 * Takes a record through a graph and gives its state at END. What a node throws goes on unchanged, once the nodes that run
 * beside it are done.
 *
 * @throws SygraError `loop_limit`, `unknown_edge` when a condition gives no known path, `bad_config` when parallel branches
 * wrote the same key.
 */
export function runGraph(run: GraphRun): Promise<State> {
  return run.graph.isSequential ? runSequence(run) : runBranches(run)
}

/** Runs a graph in which a record is only ever in one place. What answers at once is not awaited. */
export async function runSequence(run: GraphRun): Promise<State> {
  const { graph, execute, decide, signal } = run
  const loopLimit = run.loopLimit ?? graph.maxLoops
  const state: State = copyState(run.state)
  const visits: number[] = []
  let vertex = graph.start
  while (vertex !== graph.end) {
    const node = graph.nodes[vertex]
    if (node !== undefined) {
      const visit = (visits[vertex] ?? 0) + 1
      if (visit > loopLimit) throw loopLimitReached(node.name, loopLimit)
      visits[vertex] = visit
      signal?.throwIfAborted()
      if (!node.isIdle) {
        const answer = execute(node, copyState(state))
        const update = isPromiseLike(answer) ? await answer : answer
        const news = newsIn(checkUpdate(update, node.name), state, graph.reducers)
        writeNews(state, news, graph.reducers)
      }
    }
    const exit = graph.exits[vertex]?.[0]
    if (exit === undefined) break
    if (exit.type === 'direct') vertex = exit.target
    else {
      const choice = decide(exit.edge, copyState(state))
      vertex = targetOf(exit, isPromiseLike(choice) ? await choice : choice)
    }
  }
  return state
}
