import { checkUpdate, isPromiseLike, loopLimitReached, targetOf } from './graph-step.ts'
import type { GraphRun } from './run-graph.ts'
import { copyState, type State } from './state.ts'
import { newsIn, writeNews } from './state-news.ts'

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
