import { z } from 'zod'
import { SygraError } from '../../../errors.ts'
import type { HubClient } from './hub-client.ts'

/** A dataset of the Hub at one revision. */
export interface HubDataset {
  readonly repoId: string
  /** The revision asked for: branch, tag or commit. */
  readonly revision: string
}

/** A file in a dataset's repository. */
export interface HubFile {
  readonly path: string
  readonly bytes: number
}

/** Which files make up a configuration, as its card says. */
export interface HubConfig {
  readonly name: string
  readonly isDefault: boolean
  readonly splits: readonly { readonly split: string; readonly patterns: readonly string[] }[]
}

/** What the Hub tells of a dataset. */
interface HubInfo {
  /** Commit that the revision stands for. */
  readonly commit: string
  readonly configs: readonly HubConfig[]
}

const paths = z.union([z.string().transform((path) => [path]), z.array(z.string())])
const splitFiles = z
  .object({ split: z.string(), path: paths })
  .transform(({ split, path }) => ({ split, patterns: path }))
// Without splits, all files named are the split "train".
const dataFiles = z.union([z.array(splitFiles), paths.transform((patterns) => [{ split: 'train', patterns }])])

const configSchema = z
  .object({ config_name: z.string().default('default'), default: z.boolean().default(false), data_files: dataFiles })
  .transform(
    (config): HubConfig => ({ name: config.config_name, isDefault: config.default, splits: config.data_files }),
  )

const infoSchema = z.object({
  sha: z.string(),
  // A card is written by hand: one that is not understood is no reason to refuse the data.
  cardData: z.object({ configs: z.array(configSchema).catch([]) }).catch({ configs: [] }),
})

const entrySchema = z.object({ type: z.string(), path: z.string(), size: z.number().default(0) })

/** Asks for the commit and the configurations of a dataset. */
export async function readInfo(client: HubClient, { repoId, revision }: HubDataset): Promise<HubInfo> {
  const url = `${client.endpoint}/api/datasets/${repoId}/revision/${encodeURIComponent(revision)}`
  const what = `dataset "${repoId}", revision "${revision}"`
  const info = infoSchema.safeParse(await client.get(url, { what }, readJson))
  if (!info.success)
    throw new SygraError('bad_data', `${what}: ${client.endpoint} gave no commit; is it a Hugging Face Hub?`)
  return { commit: info.data.sha, configs: info.data.cardData.configs }
}

/** Lists all files of a dataset, page by page. */
export async function listFiles(client: HubClient, { repoId, revision }: HubDataset): Promise<HubFile[]> {
  const what = `files of dataset "${repoId}"`
  const files: HubFile[] = []
  let url: string | undefined =
    `${client.endpoint}/api/datasets/${repoId}/tree/${encodeURIComponent(revision)}?recursive=true`
  while (url !== undefined) {
    const page: { entries: unknown; next?: string } = await client.get(url, { what }, async (response) => ({
      entries: await readJson(response),
      next: nextPage(response, client.endpoint),
    }))
    for (const { type, path, size } of z.array(entrySchema).parse(page.entries))
      if (type === 'file') files.push({ path, bytes: size })
    url = page.next
  }
  return files
}

/** Where a file of a dataset can be downloaded. */
export function fileUrl(client: HubClient, { repoId, revision }: HubDataset, path: string): string {
  return `${client.endpoint}/datasets/${repoId}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`
}

async function readJson(response: Response): Promise<unknown> {
  return response.json()
}

function nextPage(answer: Response, endpoint: string): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
  return next === undefined ? undefined : new URL(next, endpoint).href
}
