import type { MetadataEvent } from './event.ts'
import { DeferredReads, DeferredRequests } from './events/deferred-reads.ts'
import { ActorsTotals } from './totals/actor-totals.ts'
import { BatchTotals } from './totals/batch-totals.ts'
import { BusyTotals } from './totals/busy-totals.ts'
import type { CostTotals } from './totals/cost-totals.ts'
import { ExecutionState } from './totals/execution-state.ts'
import { NodeTotals } from './totals/node-totals.ts'
import { NotUnderstoodTotals } from './totals/not-understood.ts'
import { RecordTotals } from './totals/record-totals.ts'
import { RequestTotals } from './totals/request-totals.ts'
import { WorkerTotals } from './totals/worker-totals.ts'

/** Key of the requests that belong to no node. */
export const noNode = Symbol('no node')

type NodeKey = string | typeof noNode
type Cells = Map<string, Map<NodeKey, RequestTotals>>

/**
 * The fold of a run's events. Requests are kept once, by model and node: the totals of a model, of a node and of the run
 * are sums over the same cells, so they cannot disagree.
 */
export class RunTotals {
  readonly execution = new ExecutionState()
  readonly records = new RecordTotals()
  readonly nodes = new Map<string, NodeTotals>()
  readonly notUnderstood = new NotUnderstoodTotals()
  /** The processes that did the records, by name; empty where it was one process. */
  readonly workers = new Map<string, WorkerTotals>()
  /** What the run handed in to providers. */
  readonly batches = new BatchTotals()
  readonly #deferred = new DeferredRequests()
  /** Both with the deferred requests in them, as long as nothing is added. */
  #whole: Whole | undefined
  readonly #busy = new BusyTotals()
  readonly #actors = new ActorsTotals()
  readonly #cells: Cells = new Map()

  /** Folds one event in. */
  add(event: MetadataEvent): void {
    switch (event.type) {
      case 'request-end':
        if (this.#deferred.isReadAgain(event)) break
        if (this.#deferred.take(event)) this.#whole = undefined
        else {
          this.#cell(event.model, event.node ?? noNode).add(event)
          this.#busy.add(event)
          this.#actors.addRequest(event)
        }
        if (event.worker !== undefined) this.#worker(event.worker).addRequest(event)
        break
      case 'actor-end':
        this.#whole = undefined
        this.#actors.addEnd(event)
        break
      case 'request-start':
        this.#cell(event.model, event.node ?? noNode).addStart(event)
        break
      case 'batch-change':
        this.batches.add(event)
        break
      case 'cache-hit':
        this.#cell(event.model, event.node ?? noNode).addHit(event)
        break
      case 'concurrency-change':
        this.execution.changeConcurrency(event)
        break
      case 'not-understood':
        this.notUnderstood.add(event)
        break
      case 'node-end':
        this.#node(event.node, event.nodeType).add(event)
        break
      case 'record-end':
        this.records.add(event)
        if (event.worker !== undefined) this.#worker(event.worker).addRecord(event)
        break
      case 'record-duplicate':
        this.records.addDuplicate(event)
        break
      case 'worker-start':
        this.#worker(event.worker).startAs(event)
        break
      case 'worker-end':
        this.#worker(event.worker).end = event
        break
      case 'model-open':
        this.execution.openModel(event)
        break
      case 'dataset-open':
        this.execution.openDataset(event)
        break
      case 'run-start':
        this.execution.startSession(event)
        break
      case 'run-end':
        this.execution.endSession(event)
        break
      default:
        event satisfies never
    }
  }

  /** Adds the events that another fold has seen. */
  merge(other: RunTotals): void {
    this.execution.merge(other.execution)
    this.records.merge(other.records)
    this.#actors.merge(other.#actors)
    this.notUnderstood.merge(other.notUnderstood)
    this.batches.merge(other.batches)
    this.#busy.merge(other.#busy)
    this.#deferred.merge(other.#deferred)
    this.#whole = undefined
    for (const [name, worker] of other.workers) this.#worker(name).merge(worker)
    for (const [name, node] of other.nodes) this.#node(name, node.type).merge(node)
    for (const [model, cells] of other.#cells) {
      for (const [node, totals] of cells) this.#cell(model, node).merge(totals)
    }
  }

  /** The results of deferred work that are in it. */
  deferredReads(): DeferredReads {
    return new DeferredReads(this.#deferred.ids())
  }

  /** Its agents and tools. */
  get actors(): ActorsTotals {
    return this.#all().actors
  }

  /** Models that were called, or opened, in the order they were first seen. */
  modelNames(): readonly string[] {
    return [...new Set([...this.execution.models.keys(), ...this.#allCells().keys()])]
  }

  /** Nodes that were executed or made requests, in the order they were first seen. */
  nodeNames(): readonly string[] {
    const names = new Set(this.nodes.keys())
    for (const cells of this.#allCells().values()) {
      for (const node of cells.keys()) if (node !== noNode) names.add(node)
    }
    return [...names]
  }

  /** The workers that a reader is shown: none where all was done by one process of a program. */
  shownWorkers(): ReadonlyMap<string, WorkerTotals> {
    return this.workers.size === 1 && this.execution.processes.size === 1 ? new Map() : this.workers
  }

  requestsOfModel(model: string): RequestTotals {
    return sumOf([...(this.#allCells().get(model)?.values() ?? [])])
  }

  requestsOfNode(node: NodeKey): RequestTotals {
    return sumOf([...this.requestsOfNodeByModel(node).values()])
  }

  /** The requests of several nodes. */
  requestsOfNodes(nodes: readonly string[]): RequestTotals {
    return sumOf(nodes.map((node) => this.requestsOfNode(node)))
  }

  /** The requests of a node, by model. */
  requestsOfNodeByModel(node: NodeKey): ReadonlyMap<string, RequestTotals> {
    const byModel = new Map<string, RequestTotals>()
    for (const [model, cells] of this.#allCells()) {
      const totals = cells.get(node)
      if (totals !== undefined) byModel.set(model, totals)
    }
    return byModel
  }

  /** What a model cost: its requests, and its machine where that is paid by the hour. */
  costOfModel(model: string, requests = this.requestsOfModel(model)): CostTotals {
    return requests.cost.withBusyTime(this.#busy.ofModel(model))
  }

  /** What belongs to no node. Machines that are paid by the hour are in here, because requests of all nodes share them. */
  costOutsideNodes(): CostTotals {
    return this.requestsOfNode(noNode).cost.withBusyTime(this.#busy.all())
  }

  costOfAll(requests = this.allRequests()): CostTotals {
    return requests.cost.withBusyTime(this.#busy.all())
  }

  allRequests(): RequestTotals {
    return sumOf([...this.#allCells().values()].flatMap((cells) => [...cells.values()]))
  }

  #worker(name: string): WorkerTotals {
    let worker = this.workers.get(name)
    if (worker === undefined) {
      worker = new WorkerTotals()
      this.workers.set(name, worker)
    }
    return worker
  }

  #node(name: string, type: string): NodeTotals {
    let node = this.nodes.get(name)
    if (node === undefined) {
      node = new NodeTotals(type)
      this.nodes.set(name, node)
    }
    return node
  }

  #cell(model: string, node: NodeKey): RequestTotals {
    this.#whole = undefined
    return cellIn(this.#cells, model, node)
  }

  #allCells(): Cells {
    return this.#all().cells
  }

  /** Deferred requests are apart as long as another fold may have read them too. */
  #all(): Whole {
    if (this.#deferred.size === 0) return { cells: this.#cells, actors: this.#actors }
    if (this.#whole !== undefined) return this.#whole
    const cells: Cells = new Map()
    const actors = new ActorsTotals()
    actors.merge(this.#actors)
    for (const [model, byNode] of this.#cells) {
      for (const [node, totals] of byNode) cellIn(cells, model, node).merge(totals)
    }
    for (const request of this.#deferred.all()) {
      cellIn(cells, request.model, request.node ?? noNode).add(request)
      actors.addRequest(request)
    }
    this.#whole = { cells, actors }
    return this.#whole
  }
}

interface Whole {
  readonly cells: Cells
  readonly actors: ActorsTotals
}

function cellIn(cells: Cells, model: string, node: NodeKey): RequestTotals {
  let byNode = cells.get(model)
  if (byNode === undefined) {
    byNode = new Map()
    cells.set(model, byNode)
  }
  let totals = byNode.get(node)
  if (totals === undefined) {
    totals = new RequestTotals()
    byNode.set(node, totals)
  }
  return totals
}

function sumOf(parts: readonly RequestTotals[]): RequestTotals {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const sum = new RequestTotals()
  for (const part of parts) sum.merge(part)
  return sum
}
