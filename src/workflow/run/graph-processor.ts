import type { FunctionReference, MethodsClass } from '../graph/function-reference.ts'

/** What runs over all rows of the output: a function, a class with the method `process`, or `./file.ts#export`. */
export type GraphProcessorChoice = FunctionReference | MethodsClass
