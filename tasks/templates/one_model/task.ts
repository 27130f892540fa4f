/** A record as it stands in data.jsonl. */
interface Note {
  readonly id: string
  readonly text: string
}

/** What the model is to see of a record: no line breaks, no runs of spaces. */
export function tidy(state: Note): Note {
  return { ...state, text: state.text.replaceAll(/\s+/g, ' ').trim() }
}
