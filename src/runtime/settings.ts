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
  ...[
    'SYGRA_RUN',
    'SYGRA_RUN_TOKEN',
    'SYGRA_TASK',
    'SYGRA_OUTPUT_DIR',
    'SYGRA_INCLUDE_USAGE',
    'SYGRA_LEDGER',
    'SYGRA_PRICES',
  ],
  ...['SYGRA_FILE_MODE', 'SYGRA_OTEL', 'SYGRA_OTEL_SENT_BY_EXEC', 'SYGRA_TRACEPARENT'],
  // Where `SYGRA_OTEL` sends to. Headers are not handed on: they hold keys.
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
]

/**
 * A setting by its name in the environment; in a process that was started with an environment of its own, as whoever started
 * it was set.
 */
export function settingOf(name: string): string | undefined {
  return process.env[name] ?? givenSettings().get(name)
}

/** The environment, with the settings that this process was started with where it has none of that name. */
export function environmentWithSettings(): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(givenSettings()), ...process.env }
}

/** Read once: what a program makes of its `NODE_OPTIONS` is for those that it starts, and settings are asked for with each request. */
let given: ReadonlyMap<string, string> | undefined

function givenSettings(): ReadonlyMap<string, string> {
  given ??= readSettings(process.env.NODE_OPTIONS ?? '')
  return given
}

function readSettings(nodeOptions: string): ReadonlyMap<string, string> {
  const text = /\bregister\.[jt]s\?sygra=([^\s"'#]+)/.exec(nodeOptions)?.[1]
  try {
    const settings: unknown = text === undefined ? undefined : JSON.parse(decodeURIComponent(text))
    return new Map(Object.entries(settings ?? {}).filter(([, value]) => typeof value === 'string'))
  } catch {
    return new Map()
  }
}

/** The URL of a module with the settings of this process, for whoever has none in its environment. */
export function withSettings(url: string): string {
  const settings = handedOn.flatMap((name) => {
    const value = settingOf(name)
    // An address that holds a key stays with whoever was given it.
    return value === undefined || /:\/\/[^/]*@/.test(value) ? [] : [[name, value]]
  })
  return settings.length === 0
    ? url
    : `${url}?sygra=${encodeURIComponent(JSON.stringify(Object.fromEntries(settings)))}`
}
