type State = Readonly<Record<string, unknown>>

const guidance: Readonly<Record<string, string>> = {
  constraint: 'Add one more constraint or requirement.',
  depth: 'Ask for more depth where the instruction touches a matter only lightly.',
  concrete: 'Replace general ideas by concrete ones.',
  reasoning: 'Make it ask for several steps of reasoning where one would do.',
  breadth: 'Write a new instruction of the same domain about something rarer.',
}

/** What the chosen way means, in words for the model. */
export function describeWay({ way }: State): { readonly guidance: string } {
  const text = guidance[String(way)]
  if (text === undefined) throw new Error(`there is no way "${String(way)}"`)
  return { guidance: text }
}

/** Whether the instruction became another one; a copy of the old one is not worth an answer. */
export function hasEvolved({ instruction, evolved_instruction: evolved }: State): 'yes' | 'no' {
  return plain(instruction) === plain(evolved) ? 'no' : 'yes'
}

function plain(text: unknown): string {
  return String(text)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
}
