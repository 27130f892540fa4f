import { basename, extname, resolve } from 'node:path'
import { settingOf } from './settings.ts'

/** The name of the program's file without its ending; `node` where there is none. */
export function programName(): string {
  const file = process.argv[1]
  return file === undefined ? 'node' : basename(file, extname(file))
}

/** The folder below which a program's account goes: the working directory, or another one that the environment names. */
export function programDirectory(directory = '.'): string {
  return resolve(directory, settingOf('SYGRA_OUTPUT_DIR') || '.')
}
