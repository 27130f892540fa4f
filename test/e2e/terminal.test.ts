import { expect, test } from 'vitest'
import { isLong } from '../helpers/is-long.ts'
import { hasPseudoTerminal, runInTerminal } from '../helpers/pseudo-terminal.ts'
import { projectWithExample, runCliInShared } from '../helpers/run-cli.ts'
import { drawScreen } from '../helpers/screen.ts'

// Several programs are started one after another.
const escapeCharacter = String.fromCharCode(27)

function rehearsal({ records = 4, speed = 100 } = {}): string[] {
  const amount = ['-n', String(records), '--simulate', '--simulate-speed', String(speed)]
  return ['run', '--task', 'examples.code_assistant', '--simulate-seed', '7', ...amount]
}

/** The lines of the live view that stand on the screen, and how many bars there are. */
function liveLines(lines: readonly string[]) {
  return {
    bars: lines.filter((line) => /^[█▏▎▍▌▋▊▉░]{10,}/.test(line)),
    requests: lines.filter((line) => /^requests {2}\d+ running/.test(line)),
    nodes: lines.filter((line) => /^\S+ +\d+ done/.test(line)),
  }
}

const inTerminal = test.skipIf(!hasPseudoTerminal)

// One that is wide is made narrower below.
inTerminal.each(isLong ? [40, 80, 200] : [40])(
  'in a terminal of %i columns there is one view, no line of it broken',
  async (columns) => {
    const { code, output } = await runInTerminal(rehearsal(), {
      directory: projectWithExample(),
      columns,
      rows: 50,
    })
    expect(code).toBe(0)
    const { lines, showsCursor, unknown } = drawScreen(output, columns)
    expect(unknown).toEqual([])
    expect(showsCursor).toBe(true)
    const { bars, requests, nodes } = liveLines(lines)
    expect(bars).toHaveLength(1)
    expect(requests).toHaveLength(1)
    expect(nodes).toHaveLength(2)
    expect(lines.join('\n')).toMatch(/4\/4 records/)
    // The view goes over itself: far more was written than stands there.
    expect(output).toContain(`${escapeCharacter}[?25l`)
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns)
  },
)

inTerminal('a terminal of 0 columns gets plain lines and ends', async () => {
  const { code, output } = await runInTerminal(rehearsal(), { directory: projectWithExample(), columns: 0, rows: 0 })
  expect(code).toBe(0)
  expect(output).toMatch(/4\/4 records/)
  expect(output).not.toContain(`${escapeCharacter}[?25l`)
  expect(output).not.toContain('█░')
})

inTerminal('a terminal that is made narrower and wider keeps one view', async () => {
  const widths = [60, 90, 50]
  const { code, output } = await runInTerminal(rehearsal({ records: 8, speed: 20 }), {
    directory: projectWithExample(),
    columns: 100,
    rows: 50,
    onOutput: (text, terminal) => {
      const done = Number(/(\d+)\/8 records(?!.*\/8 records)/s.exec(text.slice(-2000))?.[1] ?? 0)
      // After the second record, the fourth and the sixth.
      if (widths.length > 0 && done >= 2 * (4 - widths.length)) terminal.resize(widths.shift() ?? 0)
    },
  })
  expect(code).toBe(0)
  expect(widths).toEqual([])
  const { lines, showsCursor } = drawScreen(output, 100)
  expect(showsCursor).toBe(true)
  expect(liveLines(lines).requests).toHaveLength(1)
})

inTerminal('Ctrl-C leaves a whole screen, a visible cursor and the way to go on', async () => {
  let isSent = false
  const { code, output } = await runInTerminal([...rehearsal({ records: 40, speed: 5 }), '--grace', '0'], {
    directory: projectWithExample(),
    columns: 100,
    rows: 50,
    onOutput: (text, terminal) => {
      if (isSent || !/[1-9]\d* ok/.test(text)) return
      isSent = true
      terminal.type('\u0003')
    },
  })
  expect(code).toBe(130)
  const { lines, showsCursor } = drawScreen(output, 100)
  expect(showsCursor).toBe(true)
  expect(lines.join('\n')).toMatch(/to go on:\s+(npx )?sygra run/i)
})

test('a pipe gets lines without a single escape, and --quiet nothing but the paths', async () => {
  const directory = projectWithExample()
  const plain = await runCliInShared(rehearsal(), { directory })
  expect(plain.code).toBe(0)
  expect(plain.stdout + plain.stderr).not.toContain(escapeCharacter)
  expect(plain.stderr).toMatch(/^4\/4 records, .*requests, .* ok, .*\$\d/m)
  const quiet = await runCliInShared([...rehearsal(), '--quiet'], { directory })
  expect(quiet.stderr).toBe('')
  expect(quiet.stdout.trim().split('\n')).toHaveLength(2)
})

test('--json gives every event as a line, and nothing else on the standard output', async () => {
  const { stdout } = await runCliInShared([...rehearsal(), '--json'], { directory: projectWithExample() })
  const events = stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'complete' })
  expect(events).toContainEqual(expect.objectContaining({ type: 'request-end' }))
})

inTerminal('tables fit the terminal they are printed in', async () => {
  const directory = projectWithExample()
  await runCliInShared(rehearsal(), { directory })
  const same = 'examples.code_assistant'
  const commands = [['show'], ['runs'], ['waste'], ['explain', 'latest', 'p95'], ['compare', same, same]]
  for (const columns of isLong ? [40, 80] : [40]) {
    const { code, output } = await runInTerminal(commands, { directory, columns, rows: 60 })
    expect(code, output).toBe(0)
    const { lines, unknown } = drawScreen(output, 0)
    expect(unknown).toEqual([])
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(columns)
  }
})
