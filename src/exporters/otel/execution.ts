import type { ActorKind } from '../../metadata/event.ts'
import type { Attributes } from './span.ts'

/** What the span of an execution is known by from its start on. */
export interface ExecutionFacts {
  readonly name: string
  readonly attributes: Attributes
}

/** Where in a run it is. */
interface ExecutionPlace {
  readonly node?: string | undefined
  readonly recordId?: string | undefined
}

interface Outcome {
  /** Undefined where nobody can tell. */
  readonly succeeded?: boolean | undefined
  readonly errorType?: string | undefined
}

/** Of an agent or a tool. */
export function actorFacts(kind: ActorKind, name: string, { node, recordId }: ExecutionPlace): ExecutionFacts {
  const operation = kind === 'agent' ? 'invoke_agent' : 'execute_tool'
  return {
    name: `${operation} ${name}`,
    attributes: {
      'gen_ai.operation.name': operation,
      [kind === 'agent' ? 'gen_ai.agent.name' : 'gen_ai.tool.name']: name,
      'sygra.node.name': node,
      'sygra.record.id': recordId,
    },
  }
}

export function nodeFacts(node: string, type: string | undefined, recordId: string | undefined): ExecutionFacts {
  return {
    name: node,
    attributes: { 'sygra.node.name': node, 'sygra.node.type': type, 'sygra.record.id': recordId },
  }
}

export function recordFacts(recordId: string): ExecutionFacts {
  return { name: 'record', attributes: { 'sygra.record.id': recordId } }
}

export function runFacts(task: string): ExecutionFacts {
  return {
    name: `invoke_workflow ${task}`,
    attributes: { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': task },
  }
}

/** Why an execution failed; undefined where it did not. */
export function failureOf({ succeeded, errorType }: Outcome): string | undefined {
  return succeeded === false ? (errorType ?? '_OTHER') : undefined
}
