import { useState } from 'preact/hooks'
import { ModelOptions } from './model-options.tsx'
import type { QueryChanges } from './route.ts'

/** What is priced as what, as the address has it; `to` is empty until somebody has asked. */
export function readRepriced(query: URLSearchParams, models: readonly string[]) {
  return { from: query.get('as-from') ?? models[0] ?? '', to: query.get('as-to') ?? '' }
}

/** Asks which model to price as another one. */
export function RepriceForm({
  models,
  query,
  onQuery,
}: {
  readonly models: readonly string[]
  readonly query: URLSearchParams
  readonly onQuery: (changes: QueryChanges) => void
}) {
  const { from, to } = readRepriced(query, models)
  const [typed, setTyped] = useState(to)
  return (
    <form
      class="reprice"
      onSubmit={(event) => {
        event.preventDefault()
        onQuery({ 'as-from': from, 'as-to': typed.trim() })
      }}
    >
      <label>
        What was asked of{' '}
        <select value={from} onChange={(event) => onQuery({ 'as-from': event.currentTarget.value, 'as-to': '' })}>
          <ModelOptions models={models} />
        </select>
      </label>
      <label>
        at the price of{' '}
        <input
          class="search"
          value={typed}
          placeholder="such as gpt-4.1-mini"
          list="known-models"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <datalist id="known-models">
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <button type="submit" class="button">
        Work it out
      </button>
    </form>
  )
}
