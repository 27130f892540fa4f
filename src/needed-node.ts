/** Why this Node is too old for the package, in a sentence; undefined when it is not. */
export function nodeProblem(): string | undefined {
  const version = process.versions.node
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return undefined
  return `sygra needs Node 20.19 or newer, and this is ${version}: https://nodejs.org`
}
