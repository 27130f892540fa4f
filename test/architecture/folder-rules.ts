/** What a folder of `src` may import. */
export interface FolderRule {
  /** Other folders of `src`. */
  readonly folders: readonly string[]
  /** Node's own modules. */
  readonly mayUseNode?: boolean
  /** Files of a folder without them that use one of them all the same. */
  readonly filesWithNode?: readonly string[]
}

/** From the bottom up, as the table of docs/architecture.md has them. */
export const folderRules: Readonly<Record<string, FolderRule>> = {
  metadata: { folders: [] },
  usage: { folders: ['metadata'] },
  pricing: { folders: ['metadata'], filesWithNode: ['pricing/table/genai-prices.ts'] },
  runtime: { folders: ['metadata', 'pricing'], mayUseNode: true },
  exporters: { folders: ['metadata'] },
  telemetry: { folders: ['metadata', 'usage', 'runtime', 'exporters'], mayUseNode: true },
  instrument: { folders: ['metadata', 'usage', 'pricing', 'runtime', 'exporters', 'telemetry'], mayUseNode: true },
  tokens: { folders: [], mayUseNode: true },
  simulator: { folders: ['metadata', 'usage', 'pricing', 'tokens'], mayUseNode: true },
  workflow: {
    folders: ['metadata', 'pricing', 'usage', 'runtime', 'exporters', 'telemetry', 'instrument', 'tokens', 'simulator'],
    mayUseNode: true,
  },
  report: { folders: ['metadata', 'pricing'] },
  distributed: {
    folders: ['metadata', 'runtime', 'instrument', 'tokens', 'workflow'],
    mayUseNode: true,
  },
  studio: { folders: ['metadata', 'report'], mayUseNode: true },
  cli: {
    folders: [
      'metadata',
      'pricing',
      'usage',
      'runtime',
      'instrument',
      'workflow',
      'simulator',
      'tokens',
      'report',
      'exporters',
      'telemetry',
      'studio',
    ],
    mayUseNode: true,
  },
}

/** Files that stand in `src` itself and may be imported from anywhere. */
export const sharedFiles: ReadonlySet<string> = new Set([
  'errors.ts',
  'platform.ts',
  'without-traces.ts',
  'seeded-random.ts',
  'load-workers.ts',
  'needed-node.ts',
  'check-node.ts',
  'builtins.ts',
])
