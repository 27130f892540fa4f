/** An option of a list for each model. */
export function ModelOptions({ models }: { readonly models: readonly string[] }) {
  return models.map((model) => (
    <option key={model} value={model}>
      {model}
    </option>
  ))
}
