import { expect, test } from 'vitest'
import { commitAddress } from './commit-address.ts'

const hash = 'b81c39a3db4d12342cc50415342abc2b2b000000'

test.each([
  ['https://github.com/acme/tasks.git', `https://github.com/acme/tasks/commit/${hash}`],
  ['git@github.com:acme/tasks.git', `https://github.com/acme/tasks/commit/${hash}`],
  ['ssh://git@gitlab.example.com/a/b/c.git', `https://gitlab.example.com/a/b/c/-/commit/${hash}`],
  ['javascript:alert(1)', undefined],
  ['https://x/"><script>', undefined],
  ['file:///home/me/tasks', undefined],
  [null, undefined],
])('the commit of %s', (remote_url, address) => {
  expect(commitAddress({ commit_hash: hash, branch: null, is_dirty: null, remote_url })).toBe(address)
})

test('what is no commit has no address', () => {
  const git = { branch: null, is_dirty: null, remote_url: 'https://github.com/acme/tasks.git' }
  expect(commitAddress({ ...git, commit_hash: '../../evil' })).toBeUndefined()
  expect(commitAddress({ ...git, commit_hash: null })).toBeUndefined()
})
