import type { Metadata } from '../../src/metadata/schema.ts'

/** Where a commit can be seen: the page of a remote on the web. Undefined when the remote is not such a place. */
export function commitAddress({ commit_hash, remote_url }: Metadata['execution']['git']): string | undefined {
  if (!commit_hash || !/^[0-9a-f]{7,64}$/i.test(commit_hash) || !remote_url) return undefined
  const match = /^(?:https?:\/\/|ssh:\/\/git@|git@)([\w.-]+)(?::\d+)?[/:]([\w.~/-]+?)(?:\.git)?\/?$/.exec(remote_url)
  const [, host, path] = match ?? []
  if (host === undefined || path === undefined) return undefined
  // GitLab has its pages of commits under another path.
  return `https://${host}/${path}/${host.includes('gitlab') ? '-/' : ''}commit/${commit_hash}`
}
