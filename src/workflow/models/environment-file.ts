import { readFileSync } from 'node:fs'
import util from 'node:util'

/** The environment with what `.env` in the working directory adds; what is set already goes before it. */
export function readEnvironmentFile(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  path = '.env',
): Readonly<Record<string, string | undefined>> {
  return { ...readFileOrNothing(path), ...environment }
}

function readFileOrNothing(path: string): Record<string, string | undefined> {
  try {
    return util.parseEnv(textOf(readFileSync(path)))
  } catch {
    return {}
  }
}

/** Windows' own shell writes UTF-16, with its mark, where nothing else is said. */
function textOf(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes)
}

/**
 * A setting of a model from the environment: `SYGRA_<ALIAS>_<KEY>` with the alias upper-cased, as it is or with blanks,
 * `-` and `.` turned into `_`.
 */
export function modelSetting(
  environment: Readonly<Record<string, string | undefined>>,
  alias: string,
  key: string,
): string | undefined {
  const upper = alias.toUpperCase()
  const names = [upper, upper.replaceAll(/\s+/g, '_'), upper.replaceAll(/[\s.\-/:]+/g, '_')]
  for (const name of names) {
    const value = environment[`SYGRA_${name}_${key}`]
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

/** The name of the variable to set, as a shell can take it. */
export function modelSettingName(alias: string, key: string): string {
  return `SYGRA_${alias.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_${key}`
}
