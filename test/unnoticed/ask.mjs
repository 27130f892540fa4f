// What the programs share: a question, where to ask it, and how an error reads.

export const url = (way = 'json') => `${process.env.MODEL_URL}/${way}/v1/chat/completions`

export const question = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })

export const post = (init = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: question,
  ...init,
})

/** An error as the program sees it, without what differs from run to run. */
export const said = (error) =>
  error instanceof Error
    ? `${error.constructor.name} ${error.name}: ${error.message} ${error.cause?.code ?? error.cause?.message ?? ''}`
    : `no error: ${String(error)}`

/** Tries something and prints what came of it. */
export async function tell(name, act) {
  try {
    console.log(name, await act())
  } catch (error) {
    console.log(name, said(error))
  }
}
