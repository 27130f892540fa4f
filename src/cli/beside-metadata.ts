import { basename, dirname, join } from 'node:path'

/**
 * Where a run puts a file of its output: beside its metadata, or beside the folder `metadata` that this is in. It is looked
 * for there, and never where a path in the metadata may lead.
 */
export function besideMetadata(metadataPath: string, name: string): string {
  const folder = dirname(metadataPath)
  return join(basename(folder) === 'metadata' ? dirname(folder) : folder, basename(name))
}
