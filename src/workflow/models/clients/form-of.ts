/** The fields of a form: lists under a name that says so, and what is no text as JSON. */
export function formOf(fields: Readonly<Record<string, unknown>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue
    const isList = Array.isArray(value)
    for (const each of isList ? value : [value]) {
      form.append(isList ? `${name}[]` : name, typeof each === 'string' ? each : JSON.stringify(each))
    }
  }
  return form
}
