import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gitStateOf, readGitState, readGitStateSync } from './git.ts'

test('a repository gives commit, branch, state and remote, without credentials', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-git-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: directory, stdio: 'pipe' })
  git('init', '-q', '-b', 'trunk')
  writeFileSync(join(directory, 'file'), '1')
  git('add', '.')
  git('commit', '-qm', 'first')
  git('remote', 'add', 'origin', 'https://user:ghp_secretsecret@github.com/a/b.git')
  const clean = await readGitState(directory)
  expect(clean).toMatchObject({ branch: 'trunk', isDirty: false, remoteUrl: 'https://github.com/a/b.git' })
  expect(clean.commitHash).toMatch(/^[0-9a-f]{40}$/)
  writeFileSync(join(directory, 'file'), '2')
  expect(readGitStateSync(directory)).toMatchObject({ isDirty: true })
})

test('a folder outside any repository has no state, and says nothing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-nogit-'))
  expect(await readGitState(directory)).toEqual({})
  expect(readGitStateSync(join(directory, 'missing'))).toEqual({})
})

test('a repository without a commit has a branch and no hash', () => {
  expect(gitStateOf('# branch.oid (initial)\n# branch.head main\n', undefined)).toEqual({
    commitHash: undefined,
    branch: 'main',
    isDirty: false,
    remoteUrl: undefined,
  })
})
