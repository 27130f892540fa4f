import type { Metadata } from '../../src/metadata/schema.ts'
import { agentsSection, toolsSection } from '../../src/report/run/actor-sections.ts'
import { notUnderstoodSection } from '../../src/report/run/not-understood-section.ts'
import { mostExpensiveSection, slowestSection } from '../../src/report/run/run-costs.ts'
import { sessionsSection, sourcesSection, workersSection } from '../../src/report/run/run-header.ts'
import { errorsSection, modelsSection, nodesSection, responseCodesSection } from '../../src/report/run/run-tables.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'

/** The tables that the terminal shows as well. */
export function ReportSections({ metadata, hasLedger }: { readonly metadata: Metadata; readonly hasLedger: boolean }) {
  const sections = [
    notUnderstoodSection(metadata),
    modelsSection(metadata),
    nodesSection(metadata),
    agentsSection(metadata),
    toolsSection(metadata),
    responseCodesSection(metadata),
    // With a ledger the errors have a table of their own, whose rows can be looked at.
    hasLedger ? undefined : errorsSection(metadata),
    // Of a run with a ledger all records are there to be looked at.
    ...(hasLedger ? [] : [mostExpensiveSection(metadata), slowestSection(metadata)]),
    sourcesSection(metadata),
    sessionsSection(metadata),
    workersSection(metadata),
  ]
  return (
    <div id="tables" class="cards">
      {sections.map((section) =>
        section === undefined ? null : (
          <SectionCard key={section.title} title={section.title ?? ''} isWide={isWide(section.title)}>
            <SectionView section={section} />
          </SectionCard>
        ),
      )}
    </div>
  )
}

function isWide(title: string | undefined): boolean {
  return title !== undefined && ['Models', 'Nodes', 'Agents', 'Tools'].includes(title)
}
