import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonSkeleton } from './json-skeleton.ts'

const encoder = new TextEncoder()

function skeletonOf(text: string, pieceBytes = 7): JsonSkeleton {
  const skeleton = new JsonSkeleton()
  const bytes = encoder.encode(text)
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    skeleton.push(bytes, start, Math.min(bytes.length, start + pieceBytes))
  }
  return skeleton
}

const anyDocument = fc.oneof(fc.object({ maxDepth: 4 }), fc.array(fc.jsonValue())).map((value) => JSON.stringify(value))
const anyPiece = fc.integer({ min: 1, max: 20 })

test('a document that fits is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(anyDocument, anyPiece, (text, pieceBytes) => {
      const skeleton = skeletonOf(text, pieceBytes)
      expect(skeleton.isWhole()).toBe(true)
      expect(JSON.stringify(skeleton.value())).toEqual(JSON.stringify(JSON.parse(text)))
    }),
    { numRuns: 500 },
  )
})

test('a damaged document is whole only where JSON.parse takes it', () => {
  fc.assert(
    fc.property(anyDocument, fc.nat(), fc.constantFrom(...'{}[],:"\\0eE-.tn \u0001'), (text, at, character) => {
      const place = at % text.length
      const damaged = text.slice(0, place) + character + text.slice(place + 1)
      expect(skeletonOf(damaged).isWhole()).toBe(isJsonContainer(damaged))
    }),
    { numRuns: 3000 },
  )
})

function isJsonContainer(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

test('the members of an open document are those that are closed', () => {
  expect(skeletonOf('{"a":1,"b":{"c":2},"d":{"e":3').value()).toEqual({ a: 1, b: { c: 2 } })
  expect(skeletonOf('{"a":12').value()).toEqual({})
})

test('a long text is cut and a long list keeps its length', () => {
  const text = JSON.stringify({ text: 'é\n'.repeat(5000), list: Array(5000).fill(1), usage: { prompt_tokens: 3 } })
  const value = skeletonOf(text, 1000).value()
  expect(value).toMatchObject({ usage: { prompt_tokens: 3 } })
  expect(JSON.stringify(value).length).toBeLessThan(40_000)
  expect(value).toHaveProperty('list.length', 5000)
})

test('members outside lists are kept after more elements than are kept', () => {
  const rows = Array.from({ length: 3000 }, (_, row) => ({ row, numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9] }))
  const value = skeletonOf(JSON.stringify({ rows, usage: { details: { cached: 4 } } }), 4096).value()
  expect(value).toMatchObject({ usage: { details: { cached: 4 } } })
})

test('nesting without end is no document', () => {
  expect(skeletonOf('['.repeat(100_000), 5000).isWhole()).toBe(false)
  expect(skeletonOf(`${'['.repeat(1000)}${']'.repeat(1000)}`).isWhole()).toBe(false)
})

test('a name that would change a prototype is only a name', () => {
  const value = skeletonOf('{"__proto__":{"usage":1}}').value()
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(value).not.toHaveProperty('usage')
})
