import { z } from 'zod'

/** What the model is asked for: questions that the picture answers. */
export const questionsSchema = z.object({
  questions: z
    .array(z.object({ question: z.string(), answer: z.string() }))
    .min(1)
    .describe('Each can be answered from the picture alone.'),
})
