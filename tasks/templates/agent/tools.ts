import { z } from 'zod'

const departures: Readonly<Record<string, readonly string[]>> = {
  north: ['07:10', '09:40', '13:00', '17:20'],
  south: ['08:00', '12:15', '18:45'],
}

/** Every export of this file is a tool; its name is what the model is told. */
export const timetable = {
  description: 'When the ferries to a shore leave.',
  parameters: z.object({ shore: z.enum(['north', 'south']) }),
  execute: ({ shore }: { shore: string }) => departures[shore] ?? [],
}

export const fare = {
  description: 'What a crossing costs, in euros.',
  parameters: z.object({ adults: z.number().int().min(0), children: z.number().int().min(0), bicycle: z.boolean() }),
  execute: ({ adults, children, bicycle }: { adults: number; children: number; bicycle: boolean }) =>
    adults * 8 + children * 4 + (bicycle ? 3 : 0),
}
