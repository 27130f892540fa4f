import { Command } from 'commander'
import { renderSections } from '../report/render-sections.ts'
import { safeText } from '../report/safe-text.ts'
import type { Tone } from '../report/section.ts'
import { tableSection } from '../report/table-section.ts'
import { usesColors } from './colors.ts'
import type { Finding } from './doctor-finding.ts'
import { parseNumber } from './option-values.ts'

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
      const { examine } = await import('./examine.ts')
      const findings = await examine({ isOffline: offline, timeoutSeconds: timeout, directory: process.cwd() })
      process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : textOf(findings))
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1
    })
}

const tones: Record<Finding['state'], Tone> = { ok: 'good', warning: 'warning', bad: 'bad' }

function textOf(findings: readonly Finding[]): string {
  const remedies = findings.flatMap(({ what, remedy }) => (remedy === undefined ? [] : [[what, remedy] as const]))
  const table = tableSection<Finding>({
    title: 'What a run needs',
    rows: findings,
    columns: [
      { title: 'what', align: 'left', value: ({ what }) => safeText(what) },
      { title: '', align: 'left', isWhole: true, value: ({ state }) => ({ text: state, tone: tones[state] }) },
      { title: 'found', align: 'left', isWhole: true, value: ({ found }) => safeText(found) },
    ],
  })
  const advice = { type: 'pairs', title: 'What to do', pairs: remedies } as const
  const sections = [...(table === undefined ? [] : [table]), ...(remedies.length > 0 ? [advice] : [])]
  return renderSections(sections, { columns: process.stdout.columns, colors: usesColors(process.stdout) })
}
