// `JSON`, `Math` and `Reflect` as they were when this file was loaded, which `sygra/register` does before the program starts. A program, or its
// test, may put functions of its own in their place: one that records would see calls of ours, one that throws would break
// the account. scripts/bundle.mjs puts these in the place of the global ones in all that is built.

function copyOf<Namespace extends object>(namespace: Namespace): Namespace {
  return Object.create(Object.prototype, Object.getOwnPropertyDescriptors(namespace))
}

export const ownJson = copyOf(globalThis.JSON)
export const ownMath = copyOf(globalThis.Math)
export const ownReflect = copyOf(globalThis.Reflect)
