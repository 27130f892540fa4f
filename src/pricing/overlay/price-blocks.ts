import { agreedBlocks } from './agreed-blocks.ts'
import { bedrockBlocks } from './bedrock-blocks.ts'
import { correctionBlocks } from './corrections.ts'
import { fireworksBlocks } from './fireworks-blocks.ts'
import { openRouterBlocks } from './openrouter-blocks.ts'
import type { PriceBlock } from './price-row.ts'

/** The day on which our own list was last gone through, `YYYY-MM-DD`. */
export const listDate = '2026-11-28'

/** Our own list, which corrects and completes the price table. The first row of a model that fits counts. */
export const priceBlocks: readonly PriceBlock[] = [
  ...correctionBlocks,
  ...bedrockBlocks,
  ...agreedBlocks,
  ...fireworksBlocks,
  ...openRouterBlocks,
]
