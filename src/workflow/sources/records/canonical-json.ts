/**
 * JSON with the keys of every object sorted and no spaces: equal values give equal text, whatever the order of their keys.
 * Dates become ISO text, bytes base64, big integers digits; functions and undefined are left out as JSON does.
 */
export function canonicalJson(value: unknown): string {
  return render(value) ?? 'null'
}

function render(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return JSON.stringify(value)
    case 'bigint':
      return value.toString()
    case 'object':
      return value === null ? 'null' : renderObject(value)
    default:
      return undefined
  }
}

function renderObject(value: object): string | undefined {
  if (Array.isArray(value)) return `[${value.map((item) => render(item) ?? 'null').join(',')}]`
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if ('toJSON' in value && typeof value.toJSON === 'function') return render(value.toJSON())
  const members: string[] = []
  for (const [key, item] of Object.entries(value).sort(byKey)) {
    const text = render(item)
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`)
  }
  return `{${members.join(',')}}`
}

function byKey([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0
}
