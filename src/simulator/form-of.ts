/** The form of a body; undefined for a body that is none. */
export async function formOf(body: Buffer, contentType: string): Promise<FormData | undefined> {
  if (!contentType.startsWith('multipart/form-data')) return undefined
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
  } catch {
    return undefined
  }
}
