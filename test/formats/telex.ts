import { factsOf, finishReasonOf, mergeFacts } from '../../src/usage/answer-facts.ts'
import { createCountReader } from '../../src/usage/count-table.ts'
import { memberOf, textOf } from '../../src/usage/json-value.ts'
import { normalUsage } from '../../src/usage/normal-usage.ts'
import { modelIn, parametersIn } from '../../src/usage/request-facts.ts'
import type { AnswerFacts, WireFormat } from '../../src/usage/wire-format.ts'

/** A format that nobody speaks, written as one would be written: this file, and one line of the registry. */
export const telex: WireFormat = {
  name: 'telex',
  endpoints: [{ path: '/wires/{model}/send' }],
  hosts: [{ end: 'api.telex.example', provider: 'openai' }],
  readRequest: ({ body, pathModel }) => ({
    model: pathModel ?? modelIn(body),
    isStream: memberOf(body, 'live') === true,
    parameters: parametersIn(body),
  }),
  usageMembers: ['bill'],
  readAnswer: readTelex,
  streamFraming: 'ndjson',
  streamKeys: { telling: ['bill', 'end'], output: ['words'] },
  readMessage: (facts, { data }) =>
    mergeFacts(facts, { ...readTelex(data), isComplete: memberOf(data, 'end') !== undefined }),
  isToken: ({ data }) => textOf(memberOf(data, 'words')) !== undefined,
}

const readCounts = createCountReader({ input: ['wordsIn'], output: ['wordsOut'] })

function readTelex(answer: unknown): AnswerFacts {
  const { of, doubts } = readCounts(memberOf(answer, 'bill'))
  return factsOf({
    usage: normalUsage({ ...of, doubts }),
    finishReason: finishReasonOf(memberOf(answer, 'end'), { PAPER_OUT: 'length' }),
  })
}
