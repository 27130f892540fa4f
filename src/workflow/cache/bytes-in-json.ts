/**
 * What `JSON.stringify` is given so that bytes become what `form` makes of their base64: as JSON they would be an object with a
 * key for each of them.
 */
export function bytesAs(form: (base64: string) => object) {
  return function replaced(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
    // A Buffer has made itself an object by now: how it was is known to what holds it.
    const held = this[key]
    return held instanceof Uint8Array ? form(Buffer.from(held).toString('base64')) : value
  }
}
