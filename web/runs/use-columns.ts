import { useState } from 'preact/hooks'
import { type RunColumn, runColumns } from './column.tsx'

const storageKey = 'sygra-studio-columns'

/** The columns that are shown, and a way to change that; kept by the browser. */
export function useColumns(): readonly [columns: readonly RunColumn[], toggle: (key: string) => void] {
  const [keys, setKeys] = useState(readKeys)
  const toggle = (key: string) => {
    const next = keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key]
    writeKeys(next)
    setKeys(next)
  }
  return [runColumns.filter(({ key }) => key === 'task' || keys.includes(key)), toggle]
}

function readKeys(): readonly string[] {
  const usual = runColumns.filter(({ isUsual }) => isUsual).map(({ key }) => key)
  try {
    return localStorage.getItem(storageKey)?.split(',') ?? usual
  } catch {
    // A browser may forbid to keep anything.
    return usual
  }
}

function writeKeys(keys: readonly string[]): void {
  try {
    localStorage.setItem(storageKey, keys.join(','))
  } catch {}
}
