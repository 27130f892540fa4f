import { expect, test } from 'vitest'
import { watchStream } from './watch-stream.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

function listen(stream: object, options?: { readonly mayBePart: boolean }) {
  const heard: string[] = []
  const isWatched = watchStream(
    stream,
    {
      chunk: (bytes) => heard.push(new TextDecoder().decode(bytes)),
      end: () => heard.push('end'),
      fail: (error) => heard.push(String(error)),
      leave: () => heard.push('left'),
    },
    options,
  )
  return { heard, isWatched }
}

/** A body as a client of HTTP makes it: bytes on demand. */
const body = (...texts: readonly string[]) => {
  const rest = [...texts]
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const text = rest.shift()
      if (text === undefined) {
        controller.close()
        controller.byobRequest?.respond(0)
      } else controller.enqueue(bytesOf(text))
    },
  })
}

const readers: Readonly<Record<string, (stream: ReadableStream) => Promise<unknown>>> = {
  iteration: async (stream) => {
    for await (const _ of stream);
  },
  'a reader with its own buffer': async (stream) => {
    const reader = stream.getReader({ mode: 'byob' })
    for (let isDone = false; !isDone; ) ({ done: isDone } = await reader.read(new Uint8Array(1)))
  },
  'two branches': (stream) => Promise.all(stream.tee().map((branch) => new Response(branch).text())),
  'a pipe': (stream) => stream.pipeThrough(new TransformStream()).pipeTo(new WritableStream()),
  'another thread': (stream) => new Response(structuredClone(stream, { transfer: [stream] })).text().catch(() => {}),
  text: (stream) => new Response(stream).text(),
}

// On a Node that keeps its streams in another way this fails, and answers are passed on by a second stream.
test.each(Object.keys(readers))('every byte is heard, once, whoever reads: %s', async (name) => {
  const stream = body('abc', 'def')
  const { heard, isWatched } = listen(stream)
  expect(isWatched).toBe(true)
  await readers[name]?.(stream)
  expect(heard.join('')).toBe('abcdefend')
})

test('who leaves, and who breaks off, is heard at once', async () => {
  const left = body('abc', 'def')
  const leaving = listen(left)
  for await (const _ of left) break
  expect(leaving.heard).toEqual(['abc', 'left'])
  let controller: ReadableByteStreamController | undefined
  const cut = new ReadableStream({
    type: 'bytes',
    start(given) {
      controller = given
    },
  })
  const cutting = listen(cut)
  controller?.error(new Error('cut'))
  expect(cutting.heard).toEqual(['Error: cut'])
})

test('what was put in before is heard too', async () => {
  const stream = new ReadableStream({
    type: 'bytes',
    start(controller) {
      controller.enqueue(bytesOf('abc'))
      controller.enqueue(bytesOf('def'))
      controller.close()
    },
  })
  expect(listen(stream).heard.join('')).toBe('abcdefend')
  expect(await new Response(stream).text()).toBe('abcdef')
})

test('a stream that Node feeds within is not taken for a watched one', async () => {
  const [branch] = body('abc').tee()
  const { readable } = new TransformStream()
  for (const stream of [branch, readable, {}]) {
    expect(listen(stream ?? {}).isWatched).toBe(false)
  }
})

test('a copy is heard as it is read, where a part would do', async () => {
  const [branch] = body('abc', 'def').tee()
  const { heard, isWatched } = listen(branch ?? {}, { mayBePart: true })
  expect(isWatched).toBe(true)
  await new Request('http://localhost', { method: 'POST', body: branch, duplex: 'half' } as RequestInit).text()
  expect(heard.join('')).toBe('abcdefend')
})

test('a tap that fails is not noticed', async () => {
  const fail = () => {
    throw new Error('of the observer')
  }
  const stream = body('abc')
  expect(watchStream(stream, { chunk: fail, end: fail, fail, leave: fail })).toBe(true)
  expect(await new Response(stream).text()).toBe('abc')
})
