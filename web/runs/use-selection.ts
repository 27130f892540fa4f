import { useState } from 'preact/hooks'

const storageKey = 'sygra-studio-selected'

/** The runs that are selected; kept while one looks at a run and comes back. */
export function useSelection(): readonly [selected: readonly string[], select: (paths: readonly string[]) => void] {
  const [selected, setSelected] = useState(readSelection)
  const select = (paths: readonly string[]) => {
    setSelected(paths)
    try {
      sessionStorage.setItem(storageKey, JSON.stringify(paths))
    } catch {}
  }
  return [selected, select]
}

function readSelection(): readonly string[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(value) ? value.filter((path) => typeof path === 'string') : []
  } catch {
    // A browser may forbid to keep anything.
    return []
  }
}
