import { expect, test } from 'vitest'
import { parseGraphConfig } from './load-graph-config.ts'
import { probableSlips } from './probable-slips.ts'

function slipsOf({ prompt = 'Say {text}', parameters = '{}' }: { prompt?: string; parameters?: string }) {
  const text = `graph_config:
  nodes:
    say:
      node_type: llm
      model: { name: gpt-4o-mini, parameters: ${parameters} }
      prompt: [{ user: ${JSON.stringify(prompt)} }]
      output_keys: answer
`
  const { config, ...origin } = parseGraphConfig(text, 'g.yaml')
  return probableSlips(config, ['text'], origin)
}

test.each([
  ['Say {{text}}', 'the model is told "{text}" as it stands; for the value of "text" write {text}'],
  ['Say {{ text }}', 'the model is told "{ text }" as it stands; for the value of "text" write {text}'],
  ['Say { text }', 'the model is told "{ text }" as it stands; for the value of "text" write {text}'],
  ['Say {text }', 'the model is told "{text }" as it stands; for the value of "text" write {text}'],
  ['Say {{answer}} to {text}', 'the model is told "{answer}" as it stands; for the value of "answer" write {answer}'],
])('%s was probably meant as a variable', (prompt, expected) => {
  expect(slipsOf({ prompt })).toEqual([`g.yaml:6:24: ${expected}`])
})

test.each([
  'Say {text}',
  'Answer as {{"text": "…"}}, about {text}',
  'Answer as {"a": {"text": 1}}',
  'Leave {{name}} as it is',
  '{{{text}}}',
])('%s is what it is', (prompt) => {
  expect(slipsOf({ prompt })).toEqual([])
})

test.each([
  ['{ temprature: 1 }', /"temprature" is sent as it is, .*did you mean "temperature"\?/],
  ['{ max_token: 1 }', /did you mean "max_tokens"\?/],
  ['{ temperature: hot }', /"temperature" is "hot"; services expect a number/],
])('the parameters %s were probably meant otherwise', (parameters, expected) => {
  expect(slipsOf({ parameters })).toEqual([expect.stringMatching(expected)])
})

test.each([
  '{ temperature: 0, stop: "x", reasoning_effort: low }',
  '{ top_n: 3, min_p: 0.1, max_new_tokens: 5, n: 2 }',
])('the parameters %s are what they are', (parameters) => {
  expect(slipsOf({ parameters })).toEqual([])
})
