// A checker of Stryker that lets every n-th change through: what is left out counts as if it did not compile.

const [every, from] = (process.env.SYGRA_MUTATION_SAMPLE ?? '1/0').split('/').map(Number)

/** Whether a change is in the sample. Changes are numbered as they stand in the files, so a sample has some of each. */
export function isInSample({ id }) {
  return Number(id) % every === from % every
}

class SampleChecker {
  async init() {}

  /** All that are there are one group: each by itself would be a message to this process. */
  async group(mutants) {
    return [mutants.map(({ id }) => id)]
  }

  async check(mutants) {
    const leftOut = { status: 'compileError', reason: 'not in the sample' }
    return Object.fromEntries(mutants.map((one) => [one.id, isInSample(one) ? { status: 'passed' } : leftOut]))
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', injectableClass: SampleChecker }]
