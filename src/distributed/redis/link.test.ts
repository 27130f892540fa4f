import { expect, test } from 'vitest'
import { Link, readFrame } from './link.ts'

/** A carrier that takes frames only when it is told to. */
function slowCarrier() {
  const taken: Buffer[] = []
  const open: { readonly frames: readonly Buffer[]; readonly take: () => void }[] = []
  const push = (frames: readonly Buffer[]) =>
    new Promise<void>((resolve) => {
      open.push({
        frames,
        take: () => {
          taken.push(...frames)
          resolve()
        },
      })
    })
  /** Lets through what waits, until nothing does. */
  const letThrough = async () => {
    do {
      open.shift()?.take()
      await soon()
    } while (open.length > 0)
  }
  return { push, open, taken, letThrough }
}

const soon = () => new Promise<void>((done) => setImmediate(() => setImmediate(done)))
const letters = ['a', 'b', 'c', 'd', 'e']

function ends() {
  const carrier = slowCarrier()
  const heard: string[] = []
  const sender = new Link<string, string>({ from: 'w1', push: carrier.push, onMessage: () => {} })
  const hearer = new Link<string, string>({ from: 'c', push: async () => {}, onMessage: (text) => heard.push(text) })
  const hear = (frames: readonly Buffer[]) => {
    for (const bytes of frames) {
      const frame = readFrame<string>(bytes)
      if (frame !== undefined) hearer.receive(frame)
    }
  }
  const close = () => {
    sender.close()
    hearer.close()
  }
  return { ...carrier, sender, heard, hear, close }
}

test('what is said while the carrier is away goes out once and in order, however often it was to be said again', async () => {
  const { sender, open, taken, letThrough, heard, hear, close } = ends()
  const left = letters.map((letter) => sender.send(letter))
  await soon()
  for (let again = 0; again < 100; again += 1) sender.repeat()
  expect(open).toHaveLength(1)
  await letThrough()
  await Promise.all(left)
  // Each once more at the most: it cannot be known what has come.
  expect(taken.length).toBeLessThanOrEqual(2 * letters.length)
  hear(taken)
  expect(heard).toEqual(letters)
  close()
})

test('what was carried and lost is handed over once, whatever came of it before', async () => {
  const { sender, taken, letThrough, heard, hear, close } = ends()
  for (const letter of letters) void sender.send(letter).catch(() => {})
  await soon()
  await letThrough()
  // The carrier forgets the third and doubles the others.
  const [a, b, , d, e] = taken
  hear([a, a, b, d, e, d].filter((frame) => frame !== undefined))
  expect(heard).toEqual(['a', 'b'])
  sender.repeat()
  await soon()
  await letThrough()
  hear(taken)
  expect(heard).toEqual(letters)
  close()
})

test('who waits until a message has left hears that it never will when the link is closed', async () => {
  const { sender, open, close } = ends()
  const [leaving] = [sender.send('a')]
  await soon()
  expect(open).toHaveLength(1)
  const waiting = sender.send('b')
  close()
  await expect(leaving).rejects.toThrow('the link is closed')
  await expect(waiting).rejects.toThrow('the link is closed')
  await expect(sender.send('c')).rejects.toThrow('the link is closed')
})
