import { expect, test } from 'vitest'
import { errorName, failureHint, meaningOfError } from './error-meaning.ts'

test.each([
  ['http_502', 'bad gateway'],
  ['http_0', '–'],
  ['http_200', 'an answer that is of no use'],
  ['model_answer', 'an answer that is of no use'],
  ['UND_ERR_SOCKET', 'the connection broke off'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['MyOwnError', '–'],
])('%s means: %s', (error, meaning) => expect(meaningOfError(error)).toBe(meaning))

test.each([
  ['http_502', '502'],
  ['http_0', 'no response'],
  ['http_200', 'model_answer'],
  ['ECONNREFUSED', 'ECONNREFUSED'],
])('%s is called %s', (error, name) => {
  expect(errorName(error)).toBe(name)
})

test.each([
  [{ http_401: 3 }, [], /check it/],
  [{ http_404: 2, http_500: 1 }, [], /name of the model, and its address/],
  [{ http_500: 1, http_404: 2 }, [], /name of the model, and its address/],
  [{ http_429: 2 }, ['You exceeded your current quota, please check your plan'], /add credit/],
  [{ http_402: 1 }, [], /add credit/],
  [{ model_answer: 1 }, ['Invalid JSON response'], /check the address/],
])('%o is followed by what can be done', (types, reasons, hint) => {
  expect(failureHint(types, reasons)).toMatch(hint)
})

test.each([
  [{ http_429: 2 }, ['Rate limit reached for requests']],
  [{ http_500: 2 }, []],
  [{ model_answer: 2 }, ['the answer does not fit the schema']],
  [{ Error: 4, http_401: 1 }, ['boom']],
  [{ http_401: 1, Error: 4 }, ['boom']],
  [{ http_500: 1 }, ['Invalid JSON response']],
  [{}, []],
])('of %o its own words have to do', (types, reasons) => {
  expect(failureHint(types, reasons)).toBeUndefined()
})
