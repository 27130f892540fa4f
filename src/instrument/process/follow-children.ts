import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import workerThreads from 'node:worker_threads'
import { withSettings } from '../../runtime/settings.ts'

/** What may be told of a process that is started: the program's file, and its arguments. */
export type StartedListener = (file: string, args: readonly string[]) => void

export interface FollowOptions {
  /** The module that watches a process: `file:///…/register.js`. */
  readonly register: string
  /** Its path, for those that do not read `--import`. */
  readonly registerPath: string
  /** Processes are followed as well as worker threads: this one is, by its NODE_OPTIONS. */
  readonly followsProcesses: boolean
  readonly onStart: StartedListener
}

/**
 * Follows what the program starts with an environment of its own: processes, worker threads and code that is given to a
 * worker as a text. Nothing is changed but that `NODE_OPTIONS` of that environment, or `execArgv` of a worker, is added to;
 * whoever starts something with the environment of this process has it there already.
 */
export function followChildren(options: FollowOptions): void {
  if (options.followsProcesses) followProcesses(options)
  followWorkers(options)
  // For programs that import them by name.
  syncBuiltinESMExports()
}

/** An environment in which a Node process watches itself, from one in which it may not. */
function watchedOptions(nodeOptions: unknown, { register }: FollowOptions): string | undefined {
  const given = typeof nodeOptions === 'string' ? nodeOptions : ''
  if (/\binstrument\/register\b|\bsygra\/register\b/.test(given)) return undefined
  return [given, `--import ${withSettings(register)}`].filter((part) => part.trim() !== '').join(' ')
}

function followProcesses(options: FollowOptions): void {
  const { ChildProcess } = childProcess
  // All but the synchronous functions go this way.
  const spawn: unknown = Reflect.get(ChildProcess.prototype, 'spawn')
  if (typeof spawn === 'function') {
    const followed = function (this: unknown, started: unknown, ...rest: unknown[]): unknown {
      safely(() => followStarted(started, options))
      return Reflect.apply(spawn, this, [started, ...rest])
    }
    Object.defineProperty(ChildProcess.prototype, 'spawn', { value: followed, configurable: true, writable: true })
  }
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    const start = childProcess[name]
    const followed = new Proxy(start, {
      apply(target, self, args: unknown[]) {
        return Reflect.apply(target, self, followedArgs(args, options))
      },
    })
    Object.defineProperty(childProcess, name, { value: followed, configurable: true, writable: true, enumerable: true })
  }
}

/** What `ChildProcess` is started with: its environment is a list of `NAME=value` that Node has made for it. */
function followStarted(started: unknown, options: FollowOptions): void {
  if (typeof started !== 'object' || started === null) return
  const pairs: unknown = Reflect.get(started, 'envPairs')
  const file: unknown = Reflect.get(started, 'file')
  const args: unknown = Reflect.get(started, 'args')
  if (typeof file === 'string') options.onStart(file, Array.isArray(args) ? args.slice(1).map(String) : [])
  if (!Array.isArray(pairs)) return
  const name = 'NODE_OPTIONS='
  const index = pairs.findIndex((pair) => typeof pair === 'string' && pair.startsWith(name))
  const watched = watchedOptions(index < 0 ? '' : String(pairs[index]).slice(name.length), options)
  if (watched === undefined) return
  if (index < 0) pairs.push(name + watched)
  else pairs[index] = name + watched
}

/** The arguments of a synchronous function, whose environment is that of this process unless one is given. */
function followedArgs(args: readonly unknown[], options: FollowOptions): readonly unknown[] {
  try {
    const [file, second] = args
    options.onStart(String(file), Array.isArray(second) ? second.map(String) : [])
    const index = args.findIndex((arg, position) => position > 0 && isOptions(arg))
    const given: unknown = args[index]
    const environment: unknown = isOptions(given) ? Reflect.get(given, 'env') : undefined
    if (!isOptions(given) || !isOptions(environment)) return args
    const watched = watchedOptions(Reflect.get(environment, 'NODE_OPTIONS'), options)
    if (watched === undefined) return args
    // Node reads what an environment inherits as well.
    const env: object = Object.create(environment, { NODE_OPTIONS: { value: watched, enumerable: true } })
    return args.map((arg, position) => (position === index ? { ...given, env } : arg))
  } catch {
    return args
  }
}

function isOptions(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function followWorkers(options: FollowOptions): void {
  const { Worker } = workerThreads
  const followed: typeof Worker = new Proxy(Worker, {
    construct(target, args: readonly unknown[], newTarget: NewableFunction): object {
      const made = newTarget === followed ? target : newTarget
      return Reflect.construct(target, followedWorkerArgs(args, options), made)
    },
  })
  Object.defineProperty(workerThreads, 'Worker', {
    value: followed,
    configurable: true,
    writable: true,
    enumerable: true,
  })
}

function followedWorkerArgs(args: readonly unknown[], options: FollowOptions): readonly unknown[] {
  try {
    const [file, given = {}, ...rest] = args
    if (!isOptions(given)) return args
    const changed: Record<string, unknown> = {}
    const environment: unknown = Reflect.get(given, 'env')
    // A worker may share the environment by a symbol.
    if (isOptions(environment)) {
      const watched = watchedOptions(Reflect.get(environment, 'NODE_OPTIONS'), options)
      if (watched !== undefined) changed.env = { ...environment, NODE_OPTIONS: watched }
    }
    // Code that is given as a text is run without what `--import` names.
    if (Reflect.get(given, 'eval') === true) {
      const execArgv: unknown = Reflect.get(given, 'execArgv')
      const own = Array.isArray(execArgv) ? execArgv : process.execArgv
      changed.execArgv = [...own, '--require', options.registerPath]
    } else if (!options.followsProcesses && Array.isArray(Reflect.get(given, 'execArgv'))) {
      changed.execArgv = [...Reflect.get(given, 'execArgv'), '--import', options.register]
    }
    return Object.keys(changed).length === 0 ? args : [file, { ...given, ...changed }, ...rest]
  } catch {
    return args
  }
}

// Following must not break what is followed.
function safely(act: () => void): void {
  try {
    act()
  } catch {}
}
