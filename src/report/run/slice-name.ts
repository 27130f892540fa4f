/** The name of a part of a run among the slices of a report. */
export function sliceName(filter: {
  readonly node?: string
  readonly model?: string
  readonly error?: string
}): string {
  const { node, model, error } = filter
  return JSON.stringify([node ?? '', model ?? '', error ?? ''])
}
