// Imported before anything else of the package, so that an older Node says a sentence and not what it stumbles over.
import { nodeProblem } from './needed-node.ts'

const problem = nodeProblem()
if (problem !== undefined) throw new Error(problem)
