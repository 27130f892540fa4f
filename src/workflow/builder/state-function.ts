import type { ApplyClass } from '../config/function-reference.ts'

/**
 * A function in one of the forms that a workflow takes: itself, a class with the method `apply`, or `./file.ts#export`
 * relative to the task's folder.
 */
export type Given<Run> = Run | ApplyClass | string
