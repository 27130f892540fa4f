import type { ModelIdentity, Scope } from '../runtime/scope.ts'

/** Names that a framework knows of the place a request comes from. */
export interface PlaceNames {
  node?: string
  agent?: string
  tool?: string
  model?: ModelIdentity
}

/** The scope with the names that a framework gives the place; what the program named itself stays. */
export function withNames(scope: Scope, names: PlaceNames | undefined): Scope {
  if (names === undefined) return scope
  return {
    ...scope,
    node: scope.node ?? names.node,
    agent: names.agent ?? scope.agent,
    tool: names.tool ?? scope.tool,
    model: scope.model ?? names.model,
  }
}

/** True when two scopes are the same place of the program: the same run, record and node. */
export function samePlace(one: Scope, other: Scope): boolean {
  return one.collector === other.collector && one.record?.id === other.record?.id && one.node === other.node
}
