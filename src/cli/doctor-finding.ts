/** What the doctor found of one thing. */
export interface Finding {
  readonly what: string
  /** `warning`: runs work, but something is missing. `bad`: something will fail. */
  readonly state: 'ok' | 'warning' | 'bad'
  /** Without secrets. */
  readonly found: string
  readonly remedy?: string
}
