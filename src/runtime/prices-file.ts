import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SygraError } from '../errors.ts'
import type { PriceBook } from '../pricing/index.ts'
import { processPrices } from './scope.ts'
import { settingOf } from './settings.ts'

const fileName = 'prices.yaml'

interface PricesFilePlace {
  /** Folder of the task. */
  readonly directory?: string
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** The file of the user's own prices: what `SYGRA_PRICES` names, else `prices.yaml` here, else in the task's folder. */
export function findPricesFile({ directory, environment }: PricesFilePlace = {}): string | undefined {
  const stated = environment === undefined ? settingOf('SYGRA_PRICES') : environment.SYGRA_PRICES
  if (stated) return stated
  const paths = [fileName, ...(directory === undefined ? [] : [join(directory, fileName)])]
  return paths.find((path) => existsSync(path))
}

/**
 * The user's own prices; undefined where there is no file of them.
 *
 * @throws SygraError `not_found`, or `bad_prices` with line and column.
 */
export async function loadPricesFile(place: PricesFilePlace = {}): Promise<PriceBook | undefined> {
  const path = findPricesFile(place)
  return path === undefined ? undefined : readPricesFile(path)
}

/** Reads and checks a prices file. */
export async function readPricesFile(path: string): Promise<PriceBook> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new SygraError('not_found', `prices file ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  // Only here, because a process without a prices file should not load a YAML parser.
  const { parsePrices } = await import('../pricing/book/parse-prices.ts')
  return parsePrices(text, path)
}

/**
 * Loads the prices for calls outside workflows, once. Gives a promise while they are being read, and nothing when they are
 * known, as they nearly always are. A bad file is told in a warning: the program whose calls are watched goes on.
 */
export function awaitProcessPrices(): Promise<void> | undefined {
  const prices = processPrices()
  if (prices.isAsked) return prices.loading
  prices.isAsked = true
  if (findPricesFile() === undefined) return undefined
  prices.loading = loadPricesFile()
    .then((book) => {
      prices.book = book
    })
    .catch((error: unknown) => process.emitWarning(`sygra: ${messageOf(error)}`))
    .finally(() => {
      prices.loading = undefined
    })
  return prices.loading
}
