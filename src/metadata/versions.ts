/** The format that is written. */
export const metadataVersion = '1.4.0'

/** The formats that can be read, oldest first: each keeps the keys of those before it. */
export const metadataVersions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', metadataVersion] as const
