import { type Conventions, conventionsFor } from '../exporters/otel/conventions.ts'
import type { OtlpSource } from '../exporters/otel/otlp-json.ts'
import type { Attributes } from '../exporters/otel/span.ts'
import { packageVersion } from '../runtime/environment.ts'
import { redactText } from '../runtime/redact.ts'
import { environmentWithSettings, isNo, isYes } from '../runtime/settings.ts'

/** Where spans and metrics go, as the environment says it. */
export interface OtelSettings {
  readonly tracesUrl: string
  readonly metricsUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly source: OtlpSource
  readonly names: Conventions
  readonly isSampled: (traceId: string) => boolean
  /** What of the environment is not understood, in words for people. */
  readonly warnings: readonly string[]
}

const defaultEndpoint = 'http://localhost:4318'

/** True where OTLP is asked for: by `SYGRA_OTEL=1`, as `--otel` sets it, or by an endpoint; `SYGRA_OTEL=off` says no. */
export function wantsOtlp(environment = environmentWithSettings()): boolean {
  const { SYGRA_OTEL: asked } = environment
  if (isNo(asked) || isYes(environment.OTEL_SDK_DISABLED)) return false
  return (
    isYes(asked) || Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
  )
}

/**
 * Reads the variables of OpenTelemetry: https://opentelemetry.io/docs/specs/otel/protocol/exporter. `taskName` is the name of
 * the service where none is given.
 */
export function readOtelSettings(taskName: string, environment = environmentWithSettings()): OtelSettings {
  const base = environment.OTEL_EXPORTER_OTLP_ENDPOINT || defaultEndpoint
  const urlFor = (signal: string) =>
    environment[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`] || `${base.replace(/\/+$/, '')}/v1/${signal}`
  const protocol = environment.OTEL_EXPORTER_OTLP_PROTOCOL
  const sampler = samplerOf(environment)
  return {
    tracesUrl: urlFor('traces'),
    metricsUrl: urlFor('metrics'),
    headers: readPairs(environment.OTEL_EXPORTER_OTLP_HEADERS),
    timeoutMs: Number(environment.OTEL_EXPORTER_OTLP_TIMEOUT) || 10_000,
    source: {
      resource: readResource(taskName, environment),
      scope: { name: 'sygra', version: packageVersion() },
    },
    names: conventionsFor(environment.OTEL_SEMCONV_STABILITY_OPT_IN),
    isSampled: sampler.isSampled,
    warnings: [
      ...(protocol?.startsWith('grpc')
        ? ['OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not spoken: it is sent as http/json, which receivers take at port 4318']
        : []),
      ...sampler.warnings,
    ],
  }
}

function readResource(taskName: string, environment: NodeJS.ProcessEnv): Attributes {
  const given = readPairs(environment.OTEL_RESOURCE_ATTRIBUTES)
  const clean = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, redactText(value)]))
  return {
    'service.name': environment.OTEL_SERVICE_NAME || clean['service.name'] || taskName,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'sygra',
    'telemetry.sdk.version': packageVersion(),
    ...Object.fromEntries(Object.entries(clean).filter(([key]) => key !== 'service.name')),
  }
}

/** `key=value,key=value`, with values in percent encoding. */
function readPairs(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=')
    return at <= 0 ? [] : [[decoded(pair.slice(0, at).trim()), decoded(pair.slice(at + 1).trim())]]
  })
  return Object.fromEntries(pairs)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A run is sent as a whole or not at all: the trace decides. */
export function samplerOf({
  OTEL_TRACES_SAMPLER: name = 'always_on',
  OTEL_TRACES_SAMPLER_ARG: ratio,
}: NodeJS.ProcessEnv): {
  readonly isSampled: (traceId: string) => boolean
  readonly warnings: readonly string[]
} {
  const kind = name.replace(/^parentbased_/, '')
  if (kind === 'always_on') return { isSampled: () => true, warnings: [] }
  if (kind === 'always_off') return { isSampled: () => false, warnings: [] }
  const share = ratio === undefined ? 1 : Number(ratio)
  if (kind !== 'traceidratio' || !(share >= 0 && share <= 1)) {
    return { isSampled: () => true, warnings: [`OTEL_TRACES_SAMPLER=${name} is not known: all runs are sent`] }
  }
  return { isSampled: (traceId) => Number.parseInt(traceId.slice(-8), 16) / 2 ** 32 < share, warnings: [] }
}
