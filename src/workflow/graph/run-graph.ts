import { SygraError } from '../../errors.ts'
import { type Branch, forkBranch, joinBranches } from './branch.ts'
import type { CompiledGraph } from './compile-graph.ts'
import { checkUpdate, type GraphRun, loopLimitReached, targetOf } from './graph-step.ts'
import { newsIn, writeNews } from './reducer.ts'
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

/** Runs a graph in which a record may be in several places at once. */
function runBranches(run: GraphRun): Promise<State> {
  return new Promise((resolve, reject) => new BranchRun(run, { resolve, reject }).begin())
}

/** A branch that has come to a vertex and waits there to go on. */
interface Arrival {
  /** The exit it came by. */
  readonly order: number
  readonly branch: Branch
}

/** Where to go on from a vertex. */
interface Way {
  readonly order: number
  readonly target: number
}

interface Outcome {
  readonly resolve: (state: State) => void
  readonly reject: (reason: unknown) => void
}

/** One record on its way: which vertices run, and which branches wait where. */
class BranchRun {
  readonly #run: GraphRun
  readonly #graph: CompiledGraph
  readonly #loopLimit: number
  readonly #outcome: Outcome
  readonly #waiting = new Map<number, Arrival[]>()
  readonly #running = new Set<number>()
  readonly #visits: number[] = []
  #branches = 1
  #failure: { readonly error: unknown } | undefined

  constructor(run: GraphRun, outcome: Outcome) {
    this.#run = run
    this.#graph = run.graph
    this.#loopLimit = run.loopLimit ?? run.graph.maxLoops
    this.#outcome = outcome
  }

  begin(): void {
    this.#start(this.#graph.start, [{ state: copyState(this.#run.state), writes: [] }])
  }

  #start(vertex: number, branches: readonly [Branch, ...Branch[]]): void {
    this.#branches -= branches.length - 1
    this.#running.add(vertex)
    this.#pass(vertex, branches).then(
      ({ branch, ways }) => this.#leave(vertex, branch, ways),
      (error: unknown) => this.#fail(vertex, error),
    )
  }

  async #pass(
    vertex: number,
    branches: readonly [Branch, ...Branch[]],
  ): Promise<{ readonly branch: Branch; readonly ways: readonly Way[] }> {
    const branch = joinBranches(branches, this.#graph)
    await this.#execute(vertex, branch)
    const ways: Way[] = []
    for (const exit of this.#graph.exits[vertex] ?? []) {
      const target =
        exit.type === 'direct'
          ? exit.target
          : targetOf(exit, await this.#run.decide(exit.edge, copyState(branch.state)))
      ways.push({ order: exit.order, target })
    }
    return { branch, ways }
  }

  async #execute(vertex: number, { state, writes }: Branch): Promise<void> {
    const node = this.#graph.nodes[vertex]
    if (node === undefined) return
    const visit = (this.#visits[vertex] ?? 0) + 1
    if (visit > this.#loopLimit) throw loopLimitReached(node.name, this.#loopLimit)
    this.#visits[vertex] = visit
    this.#run.signal?.throwIfAborted()
    if (node.isIdle) return
    const update = checkUpdate(await this.#run.execute(node, copyState(state)), node.name)
    const news = newsIn(update, state, this.#graph.reducers)
    writeNews(state, news, this.#graph.reducers)
    // While there is no other branch, nothing has to be combined later.
    if (this.#branches === 1) writes.length = 0
    else writes.push({ node: vertex, visit, news })
  }

  #leave(vertex: number, branch: Branch, ways: readonly Way[]): void {
    this.#running.delete(vertex)
    const taken = ways.length > 0 ? ways : [{ order: 0, target: this.#graph.end }]
    this.#branches += taken.length - 1
    taken.forEach(({ order, target }, index) => {
      const arrivals = this.#waiting.get(target) ?? []
      arrivals.push({ order, branch: index === 0 ? branch : forkBranch(branch) })
      this.#waiting.set(target, arrivals)
    })
    this.#goOn()
  }

  #fail(vertex: number, error: unknown): void {
    this.#running.delete(vertex)
    this.#failure ??= { error }
    this.#goOn()
  }

  /** Starts what may start; ends the run when there is nothing left to wait for. */
  #goOn(): void {
    if (this.#failure !== undefined) {
      if (this.#running.size === 0) this.#outcome.reject(this.#failure.error)
      return
    }
    const candidates = [...this.#waiting.keys()].filter((vertex) => vertex !== this.#graph.end)
    candidates.sort((a, b) => (this.#graph.order[a] ?? 0) - (this.#graph.order[b] ?? 0))
    for (const vertex of candidates) if (this.#mayStart(vertex)) this.#startWaiting(vertex)
    if (this.#running.size > 0) return
    const [first] = candidates
    // Joins of a tangled graph may wait for each other; then the first in the order of the graph goes on.
    if (first === undefined) this.#finish()
    else this.#startWaiting(first)
  }

  #mayStart(vertex: number): boolean {
    if (this.#running.has(vertex)) return false
    const rule = this.#graph.joins[vertex]
    if (rule === undefined) return true
    for (const other of this.#running) if (rule.running[other] === 1) return false
    for (const other of this.#waiting.keys()) if (other !== vertex && rule.waiting[other] === 1) return false
    return true
  }

  #startWaiting(vertex: number): void {
    const [first, ...others] = this.#arrivalsAt(vertex)
    if (first !== undefined) this.#start(vertex, [first, ...others])
  }

  /** Takes the branches that go on together: at a join all that have come, in the order of their edges; else one. */
  #arrivalsAt(vertex: number): readonly Branch[] {
    const arrivals = this.#waiting.get(vertex) ?? []
    const isJoin = vertex === this.#graph.end || this.#graph.joins[vertex] !== undefined
    const taken = arrivals.splice(0, isJoin ? arrivals.length : 1)
    if (arrivals.length === 0) this.#waiting.delete(vertex)
    return taken.sort((a, b) => a.order - b.order).map(({ branch }) => branch)
  }

  #finish(): void {
    const [first, ...others] = this.#arrivalsAt(this.#graph.end)
    try {
      if (first === undefined) throw new SygraError('unreachable_end', 'the record never came to END')
      this.#outcome.resolve(joinBranches([first, ...others], this.#graph).state)
    } catch (error) {
      this.#outcome.reject(error)
    }
  }
}
