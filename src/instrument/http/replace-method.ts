/**
 * Gives an object a method in the place of the one that it inherits. It is not among its keys, so that neither `Object.keys`
 * nor `console.log` shows it.
 */
export function replaceMethod(target: object, name: string, value: (...args: never[]) => unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
}
