import { AsyncLocalStorage } from 'node:async_hooks'

interface Entered {
  readonly id: string
  readonly outer: Entered | undefined
}

/**
 * In which of a framework's runs the caller is, where the framework tells of a run and lets nobody wrap it: what it awaits
 * goes on in the run that it told of last. Only for listeners that are called from within what the run does, after it has
 * waited for something: whoever called the framework is in no run then.
 */
export class EnteredRuns {
  readonly #storage = new AsyncLocalStorage<Entered | undefined>()
  readonly #isOpen: (id: string) => boolean

  constructor(isOpen: (id: string) => boolean) {
    this.#isOpen = isOpen
  }

  /** The rest of what the caller's function does is within this run. */
  enter(id: string): void {
    this.#storage.enterWith({ id, outer: this.#open() })
  }

  /** The innermost run that goes on. */
  readonly currentId = (): string | undefined => this.#open()?.id

  /** The ids of the runs that the caller is in and that go on, the innermost first. */
  ids(): string[] {
    const ids: string[] = []
    for (let entered = this.#open(); entered !== undefined; entered = entered.outer) {
      if (this.#isOpen(entered.id)) ids.push(entered.id)
    }
    return ids
  }

  /** Without what has ended, so that nothing grows with a program that goes on. */
  #open(): Entered | undefined {
    let entered = this.#storage.getStore()
    while (entered !== undefined && !this.#isOpen(entered.id)) entered = entered.outer
    return entered
  }
}

/**
 * Has Node keep contexts from now on. Before 24 it does so only once it has to, and a function that waits for what began
 * before shares one context with all others that do.
 */
export function keepContexts(): void {
  // What is nothing, as in no context, would not make it do so.
  new AsyncLocalStorage<object>().run({}, () => {})
}
