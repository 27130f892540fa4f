/** What is to be saved when the process ends in the middle of it. Two copies of the package share it, as they share the process. */
const savesKey = Symbol.for('sygra.exit-saves.1')

/**
 * Calls a function when the process ends, by `process.exit` or by an error nobody caught, until the function it gives is
 * called. Nothing can be awaited then.
 */
export function saveAtExit(save: (exitCode: number) => void): () => void {
  const saves = exitSaves()
  saves.add(save)
  return () => saves.delete(save)
}

// One listener for all: hundreds of runs at once must not look like a leak of listeners.
function exitSaves(): Set<(exitCode: number) => void> {
  const holder = globalThis as { [savesKey]?: Set<(exitCode: number) => void> }
  if (holder[savesKey] !== undefined) return holder[savesKey]
  const saves = new Set<(exitCode: number) => void>()
  holder[savesKey] = saves
  process.on('exit', (code) => {
    for (const save of saves) {
      try {
        save(code)
      } catch {}
    }
  })
  return saves
}
