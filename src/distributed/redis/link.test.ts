import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Link, lossOf, readFrame } from './link.ts'

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
  for (const letter of letters) {
    void sender.send(letter).catch(() => {})
    await soon()
    await letThrough()
  }
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

test('what is confirmed before it was said again is not said again, and nothing is no push', async () => {
  const { sender, open, taken, letThrough, heard, hear, close } = ends()
  void sender.send('a').catch(() => {})
  await soon()
  await letThrough()
  hear(taken)
  sender.repeat()
  sender.receive({ from: 'c', number: 0, heard: 1, messages: [] })
  await soon()
  expect(open).toEqual([])
  void sender.send('b').catch(() => {})
  await soon()
  await letThrough()
  hear(taken)
  expect(heard).toEqual(['a', 'b'])
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

/** A link that pushes into an array; each push takes until it is let go. */
function linkToArray() {
  const pushes: string[][] = []
  const under: (() => void)[] = []
  const link = new Link<string | (() => void), string>({
    from: 'a',
    push: (frames) => {
      pushes.push(frames.flatMap((bytes) => readFrame<string>(bytes)?.messages ?? []))
      return new Promise<void>((resolve) => under.push(resolve))
    },
    onMessage: () => {},
  })
  return { link, pushes, letGo: () => under.shift()?.() }
}

async function moment(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await soon()
}

test('messages of one moment are one frame, and those that come while it is on its way are the next one', async () => {
  const { link, pushes, letGo } = linkToArray()
  const sent = [link.send('one'), link.send('two')]
  await moment()
  const later = [link.send('three')]
  await moment()
  later.push(link.send('four'))
  await moment()
  expect(pushes).toEqual([['one', 'two']])
  letGo()
  await Promise.all(sent)
  await moment()
  expect(pushes).toEqual([
    ['one', 'two'],
    ['three', 'four'],
  ])
  letGo()
  await Promise.all(later)
  link.close()
})

test('what cannot be told to another process throws at once, and takes nothing with it', async () => {
  const { link, pushes } = linkToArray()
  link.send('before').catch(() => {})
  expect(() => link.send(() => {})).toThrow()
  link.send('after').catch(() => {})
  await moment()
  expect(pushes).toEqual([['before', 'after']])
  link.close()
})

test('what is no frame is none, and how a sender ended is told without a message', () => {
  expect(readFrame(Buffer.from('text'))).toBeUndefined()
  expect(readFrame(lossOf('a', 'killed'))).toEqual({ from: 'a', number: 0, heard: 0, lost: 'killed', messages: [] })
})

test('whatever is lost, doubled or late on the way, each message comes once and in order', async () => {
  const fates = fc.array(fc.constantFrom('comes', 'lost', 'twice', 'late'), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fates, fc.array(fc.nat(3), { maxLength: 12 }), async (fateOf, bursts) => {
      const heard: number[] = []
      let [pushed, isWhole] = [0, false]
      const late: Buffer[] = []
      const carry = (frames: readonly Buffer[], to: () => Link<number, number>) => {
        // As a Redis has it.
        if (frames.length === 0) throw new Error('wrong number of arguments')
        for (const bytes of frames) {
          const frame = readFrame<number>(bytes)
          const fate = isWhole ? 'comes' : fateOf[pushed % fateOf.length]
          pushed += 1
          if (frame === undefined || fate === 'lost') continue
          if (fate === 'late') late.push(bytes)
          else to().receive(frame)
          if (fate === 'twice') to().receive(frame)
        }
        return Promise.resolve()
      }
      const there: Link<number, number> = new Link({
        from: 'there',
        push: async (frames) => carry(frames, () => here),
        onMessage: (message) => heard.push(message),
      })
      const here: Link<number, number> = new Link({
        from: 'here',
        push: async (frames) => carry(frames, () => there),
        onMessage: () => {},
      })
      let sent = 0
      for (const burst of bursts) {
        for (let one = 0; one < burst; one += 1) void here.send(sent++)
        await moment()
      }
      // In the end nothing is lost any more: what is missing is sent again, and what was late comes too.
      isWhole = true
      here.repeat()
      await moment()
      for (const bytes of late) {
        const frame = readFrame<number>(bytes)
        if (frame !== undefined) (frame.from === 'here' ? there : here).receive(frame)
      }
      await moment()
      expect(heard).toEqual(Array.from({ length: sent }, (_, index) => index))
      here.close()
      there.close()
    }),
    { numRuns: 60 },
  )
})
