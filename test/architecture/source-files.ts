import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** The files of `src` without their tests, as paths below it. */
export const sourceFiles: readonly string[] = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
)

/** The text of a file of `src`. */
export function textOf(file: string): string {
  return readFileSync(join('src', file), 'utf8')
}

/** What a file imports, as it is written: paths, packages and Node's own modules. */
export function importsOf(file: string): readonly string[] {
  return [...textOf(file).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}

/** The files of `src` that a file leads to: all that it imports, types too, but for what it loads later. */
export function filesImportedBy(file: string): readonly string[] {
  const statements = textOf(file).matchAll(/^(?:import|export) [^;]*?from '(\.[^']+)'/gm)
  return [...statements].map((match) => normalize(join(dirname(file), match[1] ?? '')))
}
