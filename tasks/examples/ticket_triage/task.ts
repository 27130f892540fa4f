import { z } from 'zod'

/** What every answer must look like, whichever model gave it. */
export const ticketSchema = z.object({
  category: z.enum(['billing', 'bug', 'feature', 'question', 'other']),
  urgency: z.int().min(1).max(5).describe('5 is the most urgent.'),
  reason: z.string().describe('One sentence.'),
})

type Ticket = z.infer<typeof ticketSchema>

interface Answer {
  readonly parsed?: unknown
}

/** Puts the opinions side by side. The large model decides; a person looks where they differ. */
export function compare({ small, large }: Readonly<Record<'small' | 'large', Answer>>) {
  const opinions = { small: ticketSchema.parse(small.parsed), large: ticketSchema.parse(large.parsed) }
  const { category, urgency } = opinions.large
  return { category, urgency, opinions, needs_review: differ(opinions.small, opinions.large) }
}

function differ(a: Ticket, b: Ticket): boolean {
  return a.category !== b.category || Math.abs(a.urgency - b.urgency) > 1
}
