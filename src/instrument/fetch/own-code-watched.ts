/** Set in a process that is watched as a whole. */
export const registeredKey = Symbol.for('sygra.registered')

const watchedKey = Symbol.for('sygra.own-code-watched')

/**
 * True the first time in a process that is not watched as a whole: from then on what Node's fetch sends is heard of below it
 * as well.
 */
export function markOwnCodeWatched(): boolean {
  if (watchedKey in globalThis || registeredKey in globalThis) return false
  Object.defineProperty(globalThis, watchedKey, { value: true })
  return true
}

/** Whether that is so: then a fetch that is observed must say so to what it sends. */
export function isOwnCodeWatched(): boolean {
  return watchedKey in globalThis
}
