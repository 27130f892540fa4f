// `npm run prices:update` writes both lines.

/** Version of `@pydantic/genai-prices`, the table that prices come from. */
export const tableVersion = '0.1.8'

/** The day that version was published, `YYYY-MM-DD`: the price date where no other is asked for. */
export const tableDate = '2026-09-23'
