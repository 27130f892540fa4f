import { execFile } from 'node:child_process'
import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Command } from 'commander'
import { messageOf } from '../errors.ts'
import { tableDate, tableVersion } from '../pricing/index.ts'
import { notUnderstoodAdvice } from '../report/run/not-understood-section.ts'
import { formatQuantity } from '../report/text/format-values.ts'
import { renderSections } from '../report/text/render-sections.ts'
import { safeText } from '../report/text/safe-text.ts'
import type { Tone } from '../report/text/section.ts'
import { tableSection } from '../report/text/section.ts'
import { readGitState } from '../runtime/git.ts'
import { findPricesFile, readPricesFile } from '../runtime/prices-file.ts'
import { isDisabledByEnvironment, isNo } from '../runtime/settings.ts'
import { readEnvironmentFile } from '../workflow/models/environment-file.ts'
import type { Finding } from './doctor-models.ts'
import { type Examination, examineModels } from './doctor-models.ts'
import { findRun } from './files/find-run.ts'
import { readRun } from './files/read-run.ts'
import { parseNumber } from './terminal/option-values.ts'
import { renderOptions } from './terminal/terminal.ts'
import { asTyped } from './terminal/typed-words.ts'

interface DoctorFlags {
  readonly offline?: boolean
  readonly timeout: number
  readonly json?: boolean
}

/** `sygra doctor`: whether everything is there that a run needs. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check what a run needs: Node, git, write access, prices, models, keys, endpoints. Prints no secret.')
    .option('--offline', 'do not ask whether endpoints answer')
    .option('--timeout <seconds>', 'how long an endpoint may take to answer', parseNumber(0), 5)
    .option('--json', 'as JSON')
    .action(async ({ offline = false, timeout, json = false }: DoctorFlags) => {
      const findings = await examine({ isOffline: offline, timeoutSeconds: timeout, directory: process.cwd() })
      process.stdout.write(json ? `${asTyped(JSON.stringify(findings, null, 2))}\n` : textOf(findings))
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1
    })
}

/** A pipe has no width; one long finding must not make every line as long. */
const pipeColumns = 100

const tones: Record<Finding['state'], Tone> = { ok: 'good', warning: 'warning', bad: 'bad' }

function textOf(findings: readonly Finding[]): string {
  const remedies = findings.flatMap(({ what, remedy }) => (remedy === undefined ? [] : [[what, remedy] as const]))
  const table = tableSection<Finding>({
    title: 'What a run needs',
    rows: findings,
    columns: [
      { title: 'what', align: 'left', value: ({ what }) => safeText(what) },
      { title: '', align: 'left', isWhole: true, value: ({ state }) => ({ text: state, tone: tones[state] }) },
      {
        title: 'found',
        align: 'left',
        isWhole: true,
        value: ({ found }) => safeText(found.replaceAll(/\s*\n\s*/g, '; ')),
      },
    ],
  })
  const advice = { type: 'pairs', title: 'What to do', pairs: remedies } as const
  const sections = [...(table === undefined ? [] : [table]), ...(remedies.length > 0 ? [advice] : [])]
  return renderSections(sections, { ...renderOptions(), columns: process.stdout.columns ?? pipeColumns })
}

/** Looks at everything that a run in a folder needs; nothing is changed and nothing costs money. */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { directory } = examination
  const environment = readEnvironmentFile()
  const tasks = join(directory, 'tasks')
  return [
    nodeFinding(process.versions.node),
    await gitFinding(directory),
    await writeFinding(directory),
    ...((await isDirectory(tasks)) ? [await writeFinding(tasks, 'tasks')] : []),
    ...settingFindings(environment),
    await pricesFinding(directory),
    ...(await notUnderstoodFinding(directory)),
    ...(await examineModels(environment, examination)),
  ]
}

/** Whether a version of Node is new enough: 20.19, where ES modules can be loaded in every way. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNewEnough = major > 20 || (major === 20 && minor >= 19)
  const what = 'Node'
  if (isNewEnough) return { what, state: 'ok', found: version }
  return { what, state: 'bad', found: `${version}, needed is 20.19`, remedy: 'Install a newer one from nodejs.org.' }
}

async function gitFinding(directory: string): Promise<Finding> {
  const what = 'git'
  const version = await new Promise<string | undefined>((resolve) => {
    execFile('git', ['--version'], { timeout: 5_000 }, (error, output) => resolve(error ? undefined : output.trim()))
  })
  if (version === undefined) {
    const remedy = 'Install git, so that the account of a run says which commit it was.'
    return { what, state: 'warning', found: 'not installed', remedy }
  }
  const { commitHash, branch, isDirty } = await readGitState(directory)
  if (commitHash === undefined) return { what, state: 'ok', found: `${version}; this folder is in no repository` }
  const changes = isDirty ? ', with uncommitted changes' : ''
  return { what, state: 'ok', found: `${version}; ${commitHash.slice(0, 7)} on ${branch ?? 'no branch'}${changes}` }
}

async function writeFinding(directory: string, name = 'this folder'): Promise<Finding> {
  const what = `write access to ${name}`
  try {
    await rmdir(await mkdtemp(join(directory, '.sygra-doctor-')))
    return { what, state: 'ok', found: relative(process.cwd(), directory) || directory }
  } catch (error) {
    const remedy = 'Give yourself the right to write there, or say another place with `outputDir`.'
    return { what, state: 'bad', found: messageOf(error), remedy }
  }
}

/** Settings that take away what people come for, in case they were forgotten. */
function settingFindings(environment: Readonly<Record<string, string | undefined>>): Finding[] {
  const findings: Finding[] = []
  if (isDisabledByEnvironment({ ...environment })) {
    const remedy = 'Unset SYGRA_DISABLE_METADATA to know what runs cost.'
    findings.push({ what: 'metadata', state: 'warning', found: 'turned off by SYGRA_DISABLE_METADATA', remedy })
  }
  if (isNo(environment.SYGRA_LEDGER)) {
    const remedy = 'Unset SYGRA_LEDGER, so that a run that dies can be recovered, resumed and explained.'
    findings.push({ what: 'ledger', state: 'warning', found: 'turned off by SYGRA_LEDGER', remedy })
  }
  return findings
}

/** Whether the latest run sent something to models, as it seems, that is not in its account. */
async function notUnderstoodFinding(directory: string): Promise<Finding[]> {
  try {
    const latest = await findRun(undefined, { directory })
    const found = (await readRun(latest)).not_understood
    const [first] = found?.endpoints ?? []
    if (found === undefined || first === undefined) return []
    const others = found.endpoints.length > 1 ? ` and ${formatQuantity(found.endpoints.length - 1, 'other')}` : ''
    const count = formatQuantity(found.total, 'time')
    return [
      {
        what: 'the latest run',
        state: 'warning',
        found: `${count} something was sent to a model, as it seems, that is not in the account: ${first.host}${first.path}${others}`,
        remedy: `${notUnderstoodAdvice(found).join(' ')} All of them: \`sygra show ${relative(directory, latest)}\``,
      },
    ]
  } catch {
    return []
  }
}

async function pricesFinding(directory: string): Promise<Finding> {
  const what = 'prices'
  const table = `${tableVersion} of ${tableDate}`
  const own = findPricesFile({ directory })
  if (own === undefined) return { what, state: 'ok', found: `the package's own, ${table}` }
  try {
    await readPricesFile(own)
    return { what, state: 'ok', found: `${relative(directory, own)}, then the package's own, ${table}` }
  } catch (error) {
    return {
      what,
      state: 'bad',
      found: messageOf(error),
      remedy: 'Mend the file; docs/pricing.md shows what it may hold.',
    }
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
