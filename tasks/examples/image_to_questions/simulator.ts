interface Request {
  readonly messages: readonly { readonly content?: unknown }[]
}

/** Questions that can be asked without a look at the picture. */
export function answer({ messages }: Request): string {
  const isLight = JSON.stringify(messages.at(-1)?.content).includes('traffic light')
  const questions = isLight
    ? [
        { question: 'Which lamp is lit?', answer: 'The lowest one, which is green.' },
        { question: 'May one drive?', answer: 'Yes.' },
      ]
    : [
        { question: 'How many bars are there?', answer: 'Four.' },
        { question: 'Which bar is the highest?', answer: 'The yellow one, on the right.' },
      ]
  return JSON.stringify({ questions })
}
