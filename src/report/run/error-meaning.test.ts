import { expect, test } from 'vitest'
import { meaningOfError } from './error-meaning.ts'

test.each([
  ['http_502', 'bad gateway'],
  ['http_0', '–'],
  ['http_200', 'an answer that is of no use'],
  ['model_answer', 'an answer that is of no use'],
  ['UND_ERR_SOCKET', 'the connection broke off'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['MyOwnError', '–'],
])('%s means: %s', (error, meaning) => expect(meaningOfError(error)).toBe(meaning))
