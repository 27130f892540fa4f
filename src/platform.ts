// Taken when this file is loaded, which `sygra/register` does before the program starts: a program, or an imitation of a
// browser for its tests, may put classes of its own in the place of the platform's, and these are not ours to call.
export const { AbortSignal, URL, TextDecoder, TextEncoder } = globalThis
export type AbortSignal = InstanceType<typeof globalThis.AbortSignal>
export type URL = InstanceType<typeof globalThis.URL>
