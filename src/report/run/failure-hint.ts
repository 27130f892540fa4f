/** What can be done about the commonest reason of failures; undefined where its own words have to do. */
export function failureHint(
  errorTypes: Readonly<Record<string, number>> = {},
  reasons: readonly string[] = [],
): string | undefined {
  const [error] = Object.entries(errorTypes).sort(([, a], [, b]) => b - a)[0] ?? []
  if (error === undefined) return undefined
  // A provider says with 429 both that there are too many requests and that nothing is left on the account.
  if (error === 'http_402' || (error === 'http_429' && reasons.some((reason) => noneLeft.test(reason)))) {
    return 'nothing is left on the account, and waiting does not help: add credit, raise its limit, or use another key'
  }
  // An answer that came, and was no JSON, is a page of something else.
  if (error === 'model_answer' && reasons.some((reason) => /invalid json response/i.test(reason))) return hints.no_model
  return hints[error]
}

const noneLeft = /quota|billing|credit|balance/i

const hints: Readonly<Record<string, string>> = {
  http_401: 'the key is not taken: check it, and that it belongs to this service',
  http_403: 'the key may not do this: check its rights, and whether the model is offered in this region',
  http_404: 'check the name of the model, and its address, which often ends in /v1',
  http_405: 'check the address of the model, which often ends in /v1',
  no_model: 'what answers there does not speak like a model: check the address',
  http_0: 'check the network and the address of the model',
}
