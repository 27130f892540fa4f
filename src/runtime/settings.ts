/** True for what the specification takes as "yes": `1`, `true`, `yes`, in any case. */
export function isYes(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|yes)$/i.test(value.trim())
}

/** True for what is commonly taken as "no": `0`, `false`, `no`, `off`, in any case. */
export function isNo(value: string | undefined): boolean {
  return value !== undefined && /^(0|false|no|off)$/i.test(value.trim())
}

/** True when `SYGRA_DISABLE_METADATA` says so. */
export function isDisabledByEnvironment(environment: NodeJS.ProcessEnv = process.env): boolean {
  return isYes(environment.SYGRA_DISABLE_METADATA)
}

/** What a process that watches hands on to those that it starts with an environment of their own. */
const handedOn = [
  ...['SYGRA_EXEC_LIST', 'SYGRA_TASK', 'SYGRA_OUTPUT_DIR', 'SYGRA_INCLUDE_USAGE', 'SYGRA_LEDGER', 'SYGRA_PRICES'],
  ...['SYGRA_FILE_MODE', 'SYGRA_OTEL', 'SYGRA_OTEL_SENT_BY_EXEC', 'SYGRA_TRACEPARENT'],
]

/**
 * A setting by its name in the environment; in a process that was started with an environment of its own, as whoever started
 * it was set.
 */
export function settingOf(name: string): string | undefined {
  const own = process.env[name]
  if (own !== undefined) return own
  const given = /\bregister\.[jt]s\?sygra=([^\s"'#]+)/.exec(process.env.NODE_OPTIONS ?? '')?.[1]
  if (given === undefined) return undefined
  try {
    const settings: unknown = JSON.parse(decodeURIComponent(given))
    const value: unknown = typeof settings === 'object' && settings !== null ? Reflect.get(settings, name) : undefined
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** The URL of a module with the settings of this process, for whoever has none in its environment. */
export function withSettings(url: string): string {
  const settings = handedOn.flatMap((name) => {
    const value = settingOf(name)
    return value === undefined ? [] : [[name, value]]
  })
  return settings.length === 0
    ? url
    : `${url}?sygra=${encodeURIComponent(JSON.stringify(Object.fromEntries(settings)))}`
}
