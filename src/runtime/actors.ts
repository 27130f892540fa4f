/** The agents and tools that a place of the program is within; the innermost of each kind stands alone. */
export interface ActorPlace {
  readonly agent?: string
  readonly tool?: string
  readonly outerAgents?: readonly string[]
  readonly outerTools?: readonly string[]
  /** The innermost execution of any of them, by the id of its span. */
  readonly execution?: string
}

// An agent that calls itself without end has no more around it than anybody reads.
const mostOuter = 20
/** A name is no place for a text. */
const mostLetters = 200

/** The agents and tools of places within each other, the innermost place first: each name once. */
export function joinActors(...places: readonly (ActorPlace | undefined)[]): ActorPlace {
  const [agent, ...outerAgents] = unique(places.flatMap((place) => [place?.agent, ...(place?.outerAgents ?? [])]))
  const [tool, ...outerTools] = unique(places.flatMap((place) => [place?.tool, ...(place?.outerTools ?? [])]))
  const execution = places.find((place) => place?.execution !== undefined)?.execution
  return {
    ...(execution === undefined ? {} : { execution }),
    ...(agent === undefined ? {} : { agent }),
    ...(tool === undefined ? {} : { tool }),
    ...(outerAgents.length === 0 ? {} : { outerAgents }),
    ...(outerTools.length === 0 ? {} : { outerTools }),
  }
}

/** A name of an agent or a tool as it is kept. */
export function actorName(name: string): string {
  return name.length > mostLetters ? `${name.slice(0, mostLetters - 1)}…` : name
}

function unique(names: readonly (string | undefined)[]): string[] {
  const known = names.filter((name) => name !== undefined && name !== '').map((name) => actorName(name ?? ''))
  return [...new Set(known)].slice(0, mostOuter + 1)
}
