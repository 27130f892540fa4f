import { settingOf } from '../settings.ts'

const ownerOnly = 0o600

/**
 * Who may read what a run writes, since its files tell ids of records and what errors say: its owner alone, or whom
 * `SYGRA_FILE_MODE` names, as `640`. The umask of the process is taken from it. What is no such number means the owner alone.
 */
export function fileMode(environment?: NodeJS.ProcessEnv): number {
  const stated = environment === undefined ? settingOf('SYGRA_FILE_MODE') : environment.SYGRA_FILE_MODE
  const text = stated?.trim() ?? ''
  return /^0?[0-7]{3}$/.test(text) ? (Number.parseInt(text, 8) & 0o666) | ownerOnly : ownerOnly
}

/** The same for folders: who may read may enter. */
export function directoryMode(environment?: NodeJS.ProcessEnv): number {
  const mode = fileMode(environment)
  return mode | ((mode & 0o444) >> 2)
}
