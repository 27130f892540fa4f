import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sampleEvents } from '../../../test/helpers/sample-run.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { textWidth } from '../../report/text/terminal-text.ts'
import { createLiveProgress, type LiveProgressOptions } from './progress.ts'

class FakeStream extends Writable {
  readonly isTTY: boolean
  columns: number | undefined
  readonly rows = 24
  text = ''

  constructor({ isTTY, columns }: { isTTY: boolean; columns?: number }) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
    this.columns = columns
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk
    done()
  }
}

function eventSource() {
  const emitter = new EventEmitter()
  return {
    emit: (events: readonly MetadataEvent[]) => {
      for (const event of events) emitter.emit('event', event)
    },
    listeners: () => emitter.listenerCount('event'),
    onEvent: (listener: (event: MetadataEvent) => void) => {
      emitter.on('event', listener)
      return () => emitter.off('event', listener)
    },
  }
}

const events = sampleEvents({ records: 20, startedAtMs: Date.UTC(2026, 10, 23, 17, 19, 7) })
const escapeCharacter = String.fromCharCode(27)

/** What is left of the text without escapes. */
function withoutEscapes(text: string): string {
  return text.replaceAll(new RegExp(`${escapeCharacter}\\[[?0-9;]*[A-Za-z]`, 'g'), '')
}

function show(stream: FakeStream, options: Partial<LiveProgressOptions> = {}) {
  const collector = eventSource()
  const eventStream = new FakeStream({ isTTY: false })
  const common = { isQuiet: false, isJson: false, totalRecords: 20, environment: {} }
  const progress = createLiveProgress({ stream, collector, eventStream, ...common, ...options })
  return { collector, eventStream, progress }
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 17, 19, 10) })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a pipe gets a plain line every five seconds and one at the end', () => {
  const stream = new FakeStream({ isTTY: false })
  const { collector, progress } = show(stream)
  collector.emit(events.slice(0, 30))
  vi.advanceTimersByTime(5_000)
  vi.advanceTimersByTime(5_000)
  collector.emit(events.slice(30))
  progress.stop()
  const lines = stream.text.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain('20/20 records')
  expect(stream.text).not.toContain(escapeCharacter)
})

test('a clock that is set back in the middle changes nothing that is shown', () => {
  const shown = (hoursBack: number) => {
    vi.setSystemTime(Date.UTC(2026, 10, 23, 17, 19, 10))
    const stream = new FakeStream({ isTTY: false })
    const { collector, progress } = show(stream)
    collector.emit(events.slice(0, 30))
    vi.setSystemTime(Date.now() - hoursBack * 3_600_000)
    vi.advanceTimersByTime(5_000)
    collector.emit(events.slice(30, 40))
    vi.advanceTimersByTime(61_000)
    progress.stop()
    return stream.text
  }
  const unchanged = shown(0)
  expect(unchanged.match(/ so far/g)?.length).toBeGreaterThan(1)
  expect(unchanged).not.toMatch(/\b0 ms so far/)
  expect(shown(1)).toBe(unchanged)
})

test('a run in which nothing happens says so once a minute', () => {
  const stream = new FakeStream({ isTTY: false })
  const { progress } = show(stream)
  vi.advanceTimersByTime(61_000)
  expect(stream.text.match(/0\/20 records/g)).toHaveLength(1)
  progress.stop()
})

test.each([
  ['a terminal of 0 columns', { isTTY: true, columns: 0 }, {}],
  ['a terminal that does not know its width', { isTTY: true }, {}],
  ['CI', { isTTY: true, columns: 80 }, { CI: 'true' }],
  ['a dumb terminal', { isTTY: true, columns: 80 }, { TERM: 'dumb' }],
])('%s gets plain lines', (_, terminal, environment) => {
  const stream = new FakeStream(terminal)
  const { collector, progress } = show(stream, { environment })
  collector.emit(events)
  progress.stop()
  expect(stream.text).toMatch(/^20\/20 records, .*\n$/)
})

test('a terminal gets the live view, at most ten times a second', () => {
  const stream = new FakeStream({ isTTY: true, columns: 80 })
  const { collector, progress } = show(stream, { environment: { NO_COLOR: '1' } })
  const drawn = () => stream.text.split(`${escapeCharacter}[?2026h`).length - 1
  for (const event of events) collector.emit([event])
  expect(drawn()).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(drawn()).toBeLessThanOrEqual(11)
  progress.stop()
  const text = withoutEscapes(stream.text)
  expect(text).toContain('20/20 records')
  expect(text).toContain('█')
  for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80)
})

test('NO_COLOR is kept', () => {
  const colorPattern = new RegExp(`${escapeCharacter}\\[\\d+m`)
  for (const [environment, hasColors] of [
    [{ NO_COLOR: '1' }, false],
    [{}, true],
  ] as const) {
    const stream = new FakeStream({ isTTY: true, columns: 80 })
    show(stream, { environment }).progress.stop()
    expect(colorPattern.test(stream.text)).toBe(hasColors)
  }
})

test('after a resize the view is drawn anew in the new width', () => {
  const stream = new FakeStream({ isTTY: true, columns: 120 })
  const { collector, progress } = show(stream)
  collector.emit(events)
  vi.advanceTimersByTime(200)
  stream.text = ''
  stream.columns = 40
  stream.emit('resize')
  expect(stream.text).toContain(`${escapeCharacter}[0J`)
  for (const line of withoutEscapes(stream.text).split(/[\r\n]/)) expect(textWidth(line)).toBeLessThanOrEqual(40)
  progress.stop()
})

test('events become lines of JSON, and nothing else is written', () => {
  const stream = new FakeStream({ isTTY: true, columns: 80 })
  const { collector, eventStream, progress } = show(stream, { isJson: true })
  collector.emit(events)
  progress.stop()
  const lines = eventStream.text.trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(events)))
  expect(stream.text).toBe('')
})

test('a reader of the events that goes away does not end the run', () => {
  const { collector, eventStream } = show(new FakeStream({ isTTY: false }), { isJson: true })
  eventStream.destroy(new Error('EPIPE'))
  eventStream.emit('error', new Error('EPIPE'))
  expect(collector.listeners()).toBe(0)
})

test('quiet is quiet', () => {
  const stream = new FakeStream({ isTTY: true, columns: 80 })
  const { collector, progress } = show(stream, { isQuiet: true })
  collector.emit(events)
  vi.advanceTimersByTime(10_000)
  progress.stop()
  expect(stream.text).toBe('')
})

test('when it is stopped nothing of it stays', () => {
  const stream = new FakeStream({ isTTY: true, columns: 80 })
  const { collector, progress } = show(stream)
  progress.stop()
  expect(vi.getTimerCount()).toBe(0)
  expect(collector.listeners()).toBe(0)
  expect(stream.listenerCount('resize')).toBe(0)
})
