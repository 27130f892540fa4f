import type { ActorKind } from '../../metadata/event.ts'
import type { ActorPlace } from '../../runtime/actors.ts'
import type { ModelIdentity, Scope } from '../../runtime/scope.ts'
import type { LiveSpan } from '../../telemetry/live-span.ts'

/** What a framework says of a part of its work when it begins: a node, an agent, a tool, or a call to a model. */
export interface FrameworkStart {
  readonly id: string
  readonly parentId?: string
  /** Where the program was. */
  readonly place: Scope
  readonly names?: PlaceNames
  /** It is an execution of what it names: of its agent or of its tool. */
  readonly executes?: ActorKind
  /** It has no span in the application's own OpenTelemetry. */
  readonly hasNoSpan?: boolean
  /** Its end is not told where it fails. */
  readonly mayEndUntold?: boolean
  /** A request of it is known by the context it is sent in, never by its place alone. */
  readonly isKnownByContext?: boolean
  /** Every name of the model; set for a call to one. */
  readonly models?: readonly string[]
}

/** A part of a framework's work that goes on. */
export interface FrameworkRun extends FrameworkStart {
  /** Later for what began later. */
  readonly order: number
  /** Monotonic seconds. */
  readonly startedAt: number
  /** When something was last told of it, in monotonic seconds. */
  heardAt: number
  /** No other call to a model went on in the same place. */
  wasAlone: boolean
  /** The innermost node it is within, of an execution. */
  readonly node: string | undefined
  /** The id of its span, where it is an execution. */
  readonly execution: string | undefined
  /** The innermost execution that it is within. */
  readonly within: string | undefined
  /** Its span in the application's own OpenTelemetry, where that has one. */
  readonly span: LiveSpan | undefined
  /** The span of the application that was active when it began. */
  readonly activeTraceparent: string | undefined
  /** A request was sent in it, as a framework knows that tells in which of its runs the caller is. */
  hasSent: boolean
}

/** Names that a framework knows of the place a request comes from. */
export interface PlaceNames extends ActorPlace {
  node?: string
  readonly model?: ModelIdentity
  /** Where the program was when the framework's run began. */
  readonly place?: Scope
}
