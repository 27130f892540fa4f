import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type CompletedCommand, completionScript } from './completion.ts'

const commands: readonly CompletedCommand[] = [
  {
    name: 'runs',
    description: "List the runs under a directory: it's quick [really].",
    options: [
      { long: '--status', description: 'only of this', takesValue: true, choices: ['running', 'dead'] },
      { long: '--json', description: 'as JSON', takesValue: false, choices: [] },
      { long: '--task', short: '-t', description: "the task's name", takesValue: true, choices: [] },
    ],
  },
  { name: 'show', description: 'Print a run.', options: [] },
]

const directory = mkdtempSync(join(tmpdir(), 'sygra-completion-'))
writeFileSync(join(directory, 'a run.json'), '')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function has(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0
}

/** What bash offers for the last of some words. */
function bashOffers(words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _sygra; printf '%s\\n' "\${COMPREPLY[@]}"`
  const script = `${completionScript('bash', commands)}\n${ask}`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { cwd: directory, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((word) => word !== '')
}

test.skipIf(!has('bash'))('bash completes commands, options, values and files', () => {
  expect(bashOffers(['sygra', ''])).toEqual(['runs', 'show', '--help', '--version'])
  expect(bashOffers(['sygra', 'sh'])).toEqual(['show'])
  expect(bashOffers(['sygra', 'runs', '--'])).toEqual(['--status', '--json', '--task'])
  expect(bashOffers(['sygra', 'runs', '--status', ''])).toEqual(['running', 'dead'])
  expect(bashOffers(['sygra', 'runs', '--task', 'a'])).toEqual(['a run.json'])
  expect(bashOffers(['sygra', 'nothing', '--'])).toEqual([])
})

test.skipIf(!has('zsh'))('zsh takes the script', () => {
  const path = join(directory, '_sygra')
  writeFileSync(path, completionScript('zsh', commands))
  const load = `autoload -Uz compinit && compinit -u -D && source ${path} && print -r -- $_comps[sygra]`
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', load], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout.trim()).toBe('_sygra')
})

test.skipIf(!has('fish'))('fish completes commands, options and values', () => {
  const offers = (line: string) => {
    const script = `${completionScript('fish', commands)}\ncomplete -C '${line}'`
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { cwd: directory, encoding: 'utf8' })
    expect(stderr).toBe('')
    return stdout.split('\n').flatMap((each) => each.split('\t')[0] || [])
  }
  expect(offers('sygra ')).toEqual(['runs', 'show'])
  expect(offers('sygra runs --')).toEqual(expect.arrayContaining(['--status', '--json', '--task']))
  expect(offers('sygra runs --status ')).toEqual(['dead', 'running'])
})

test('each script names every command and option', () => {
  for (const shell of ['bash', 'zsh'] as const) {
    const script = completionScript(shell, commands)
    for (const word of ['runs', 'show', '--status', '--json', '--task', '-t', 'running', 'dead']) {
      expect(script).toContain(word)
    }
  }
})
