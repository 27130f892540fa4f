/** What is read of a model's answer. */
interface Answer {
  readonly parsed?: { readonly topic: string; readonly urgency: number; readonly summary: string }
}

/** What the record keeps of the answer; an urgency beyond the scale is its end. */
export function keepUrgency({ parsed }: Answer) {
  if (parsed === undefined) throw new Error('the answer has no fields')
  return { ...parsed, urgency: Math.min(5, Math.max(1, parsed.urgency)) }
}
