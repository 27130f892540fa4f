import { z } from 'zod'

const itself = z
  .custom<object>((value) => typeof value === 'function' || (typeof value === 'object' && value !== null))
  .meta({ typescriptOnly: true })

/** Tools that a model may use: `./file.ts` for all that a file exports, `./file.ts#export` for one, or the tool itself. */
export const toolsSchema = z
  .array(z.union([z.string().min(1), itself], { error: './file.ts or ./file.ts#export' }))
  .describe('./file.ts for all tools of a file, ./file.ts#export for one.')

export type ToolReference = z.infer<typeof toolsSchema>[number]
