import { type Evidence, gravestTone, type VerdictSentence } from '../../src/report/run/verdict.ts'
import type { QueryChanges } from '../shell/route.ts'
import { scrollToSection } from './section-tabs.tsx'

/** What is to be said of the run; each phrase that has evidence leads to it. */
export function VerdictView({
  verdict,
  isLive,
  address,
  isReport,
  previous,
}: {
  readonly verdict: readonly VerdictSentence[]
  /** More sentences may come: there is room for them already. */
  readonly isLive: boolean
  readonly address: (evidence: Evidence) => string
  readonly isReport: boolean
  readonly previous: string | undefined
}) {
  if (verdict.length === 0 && !isLive) return null
  const hasComparison = verdict.some((sentence) => sentence.some(({ evidence }) => evidence?.type === 'compare'))
  return (
    <section class="verdict" aria-label="In short" data-live={isLive}>
      <ul>
        {verdict.map((sentence, index) => (
          <li key={String(index)} data-mark={markOf(sentence)}>
            {sentence.map(({ text, tone, evidence }, place) =>
              // In a report there is no other run.
              evidence === undefined || (isReport && evidence.type === 'compare') ? (
                <span key={String(place)} data-tone={tone}>
                  {text}
                </span>
              ) : (
                <a key={String(place)} data-tone={tone} href={address(evidence)} onClick={() => scrollLater(evidence)}>
                  {text}
                </a>
              ),
            )}
          </li>
        ))}
        {previous === undefined || isReport || hasComparison ? null : (
          <li>
            <a href={address({ type: 'compare', run: previous })}>compare with the run before</a>
          </li>
        )}
      </ul>
    </section>
  )
}

/** The changes of the address that lead to the evidence. */
export function evidenceChange(evidence: Evidence): QueryChanges {
  switch (evidence.type) {
    case 'failed-records':
      return { at: 'records', kind: 'failed', error: evidence.error, sort: undefined }
    case 'failed-attempts':
      return { at: 'errors' }
    case 'truncated-records':
      return { at: 'records', kind: 'truncated', sort: undefined }
    case 'timeline':
      return { at: 'timeline' }
    case 'cost':
      return { at: 'cost' }
    case 'node':
      return { at: 'cost', node: evidence.node }
    case 'model':
      return { at: 'cost', model: evidence.model }
    case 'not-understood':
      return { at: 'tables' }
    case 'compare':
      return {}
    default:
      return evidence satisfies never
  }
}

/** Where the address has the section already, following the link changes nothing in it. */
function scrollLater(evidence: Evidence): void {
  const { at } = evidenceChange(evidence)
  if (at !== undefined) requestAnimationFrame(() => scrollToSection(at))
}

/** Its gravest tone, as a shape too. */
function markOf(sentence: VerdictSentence): string {
  return gravestTone(sentence) ?? 'none'
}
