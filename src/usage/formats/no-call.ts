import type { WireFormat } from '../wire-format.ts'

/** The members of a format that only hands work in and reads what came of it: none of its answers is a model's. */
export const noCall: Omit<WireFormat, 'name' | 'endpoints'> = {
  readRequest: () => ({ isStream: false, parameters: {} }),
  usageMembers: [],
  readAnswer: () => ({}),
  streamFraming: 'sse',
  streamKeys: { telling: [], output: [] },
  readMessage: (facts) => facts,
  isToken: () => false,
}
