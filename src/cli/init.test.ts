import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { runCliInShared } from '../../test/helpers/run-cli.ts'

const project = () => {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-init-'))
  // What a project has installed.
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
  return directory
}

/** The commands that a text prints, each alone on its line. */
const commandsIn = (text: string) =>
  [...text.matchAll(/^ {2}\S*(?: exec)? ?sygra (.+)$/gm)].map(([, args = '']) => args.split(' '))

test.each(['one-model', 'review', 'structured', 'agent'])(
  'the template %s makes a task whose printed commands work',
  async (template) => {
    const directory = project()
    const made = await runCliInShared(['init', 'mine', '--template', template], { directory })
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const yaml = readFileSync(join(directory, 'tasks/mine/graph_config.yaml'), 'utf8')
    const schema = /^# yaml-language-server: \$schema=(.+)$/m.exec(yaml)?.[1] ?? ''
    expect(existsSync(resolve(directory, 'tasks/mine', schema))).toBe(true)
    const commands = commandsIn(made.stdout)
    expect(commands.map(([name]) => name)).toEqual(['run', 'estimate', 'show'])
    for (const args of commands) {
      const ran = await runCliInShared([...args, ...(args[0] === 'run' ? ['--simulate-speed', '100'] : [])], {
        directory,
      })
      expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).toBe(0)
    }
    const { stdout } = await runCliInShared(['show', '--json'], { directory })
    const { aggregate_statistics: totals }: { aggregate_statistics: { records: object } } = JSON.parse(stdout)
    expect(totals.records).toMatchObject({ total_failed: 0, success_rate: 1 })
  },
)

test('what is there is not changed', async () => {
  const directory = project()
  writeFileSync(join(directory, '.env.example'), 'MINE=1\n')
  writeFileSync(join(directory, '.gitignore'), '*.log')
  expect(await runCliInShared(['init'], { directory })).toMatchObject({ code: 0 })
  expect(readFileSync(join(directory, '.env.example'), 'utf8')).toBe('MINE=1\n')
  expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toBe('*.log\n.env\n')
  const again = await runCliInShared(['init'], { directory })
  expect(again.code).toBe(1)
  expect(again.stderr).toContain('tasks/my_task is there already')
  expect((await runCliInShared(['init', 'a b'], { directory })).stderr).toContain('"a b" is no name for a task')
})

test('an example of the package runs where there is none of that name, and leaves its output here', async () => {
  const directory = project()
  const { code, stdout } = await runCliInShared(
    ['run', '-t', 'examples.ticket_triage', '-n', '2', '--simulate', '--quiet'],
    {
      directory,
    },
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/tasks\/examples\/ticket_triage\/output_/)
  expect(existsSync(join(directory, 'tasks/examples/ticket_triage/metadata'))).toBe(true)
  expect((await runCliInShared(['show', 'examples.ticket_triage'], { directory })).code).toBe(0)
  expect((await runCliInShared(['validate', '-t', 'examples.tiket_triage'], { directory })).stdout).toContain(
    'Did you mean "examples.ticket_triage"?',
  )
})

test('a task is named by its YAML file too, and the file may end in .yml', async () => {
  const directory = project()
  await runCliInShared(['init', 'mine'], { directory })
  const path = join(directory, 'tasks/mine/graph_config')
  expect(
    (await runCliInShared(['validate', '--simulate', '-t', 'tasks/mine/graph_config.yaml'], { directory })).code,
  ).toBe(0)
  writeFileSync(`${path}.yml`, readFileSync(`${path}.yaml`))
  rmSync(`${path}.yaml`)
  for (const task of ['mine', 'tasks/mine', 'tasks/mine/graph_config.yml']) {
    expect((await runCliInShared(['validate', '--simulate', '-t', task], { directory })).code, task).toBe(0)
  }
})
