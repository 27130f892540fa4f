import { z } from 'zod'

const usdPerMillion = z.number().min(0).describe('USD per million tokens; 0 is a price')

const classPrices = {
  input: usdPerMillion.optional().describe('Input that is not cached, in USD per million tokens'),
  cache_read: usdPerMillion.optional().describe('Input read from a cache'),
  cache_read_audio: usdPerMillion.optional().describe('Audio read from a cache; the price of cache_read when left out'),
  cache_write: usdPerMillion.optional().describe('Input written to a cache, for 5 minutes and for 1 hour alike'),
  cache_write_5m: usdPerMillion.optional().describe('Input written to a cache for 5 minutes'),
  cache_write_1h: usdPerMillion.optional().describe('Input written to a cache for 1 hour'),
  input_audio: usdPerMillion.optional().describe('Audio in the input'),
  input_image: usdPerMillion.optional().describe('Images in the input; the price of input when left out'),
  input_video: usdPerMillion.optional().describe('Video in the input; the price of input when left out'),
  output: usdPerMillion.optional().describe('Output'),
  reasoning: usdPerMillion.optional().describe('Reasoning; the price of output when left out'),
  output_audio: usdPerMillion.optional().describe('Audio in the output'),
  output_image: usdPerMillion.optional().describe('Images in the output; the price of output when left out'),
}

/** Prices by class, in USD per million tokens, as they are written in a file. */
export const classPricesSchema = z.strictObject(classPrices)

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day, YYYY-MM-DD')
  .refine((text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true, 'expected a day of the calendar')

const discount = z.number().min(0).max(1).describe('Part of the price that is not paid: 0.1 is 10 % less')
const multiplier = z.number().min(0).describe('Factor on the price: 1.1 is 10 % more')
const provider = z.string().min(1).describe('Provider, such as openai, azure, aws, anthropic, google')

/** One price of one model. */
export const statedPriceSchema = z.strictObject({
  ...classPrices,
  provider: provider.optional(),
  from: day.optional().describe('First day on which this price holds, YYYY-MM-DD'),
  long_context: z
    .strictObject({ above: z.int().min(0).describe('Length of the prompt in tokens'), ...classPrices })
    .optional()
    .describe('Prices of a request whose prompt is longer than `above`'),
  tiers: z
    .record(z.string(), z.union([multiplier, classPricesSchema]))
    .optional()
    .describe('Other service tiers: a factor on these prices, or prices of their own'),
  discount: discount.optional(),
  multiplier: multiplier.optional(),
  training: usdPerMillion.optional().describe('Fine-tuning, for a million tokens that were trained on'),
  usd_per_hour: z.number().min(0).optional().describe('Price of the machine while it is busy; tokens are free then'),
  note: z.string().optional().describe('Where the price comes from'),
})

/** What a name, such as an Azure deployment or a Bedrock application inference profile, stands for. */
export const mappingSchema = z.strictObject({
  model: z.string().min(1).describe('The model it is'),
  provider: provider.optional(),
  tier: z.string().min(1).optional().describe('Service tier where the answer states none, such as batch or datazone'),
  discount: discount.optional(),
  multiplier: multiplier.optional(),
})

const pricesOfModelSchema = z.union([statedPriceSchema, z.array(statedPriceSchema).min(1)])

/** `pricing:` of a model in models.yaml: its prices, or the model that it is. */
export const modelPricingSchema = z.union([mappingSchema, pricesOfModelSchema])

const mappings = z.record(z.string(), z.union([z.string().min(1), mappingSchema]))

/** A prices file. */
export const pricesFileSchema = z.strictObject({
  currency_note: z.string().optional().describe('How the prices came to be in USD, such as a rate of exchange'),
  discount: discount.optional().describe('Part of the listed prices that is not paid'),
  prices: z.record(z.string(), pricesOfModelSchema).optional().describe('Prices by the name of the model'),
  models: mappings.optional().describe('Names that stand for a model: deployments, profiles'),
  aliases: mappings.optional().describe('The same as models'),
})

export type ClassPrices = z.infer<typeof classPricesSchema>
export type StatedPriceInput = z.infer<typeof statedPriceSchema>
export type MappingInput = z.infer<typeof mappingSchema>
export type PricesFile = z.infer<typeof pricesFileSchema>
