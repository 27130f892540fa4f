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
