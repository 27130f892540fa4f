import { useState } from 'preact/hooks'
import type { Metadata } from '../../src/metadata/schema.ts'
import { formatBytes } from '../../src/report/text/format-values.ts'
import { SectionCard } from '../shell/section-card.tsx'

/** Longer texts make a browser slow; they are there to be saved. */
const maxLength = 400_000

/** The metadata as it is, for those who look for a key. */
export function RawJson({
  metadata,
  address,
  name,
}: {
  readonly metadata: Metadata
  readonly address: string
  readonly name: string
}) {
  const [isOpen, setOpen] = useState(false)
  const text = isOpen ? JSON.stringify(metadata, null, 2) : ''
  return (
    <SectionCard
      title="Metadata"
      isWide
      note="the file as it is"
      actions={
        <>
          <button type="button" class="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Show'} JSON
          </button>
          <a class="button" href={address} download={name}>
            Download
          </a>
        </>
      }
    >
      {isOpen ? (
        <pre class="raw-json">
          {text.slice(0, maxLength)}
          {text.length > maxLength ? `\n… ${formatBytes(text.length - maxLength)} more: download the file` : ''}
        </pre>
      ) : null}
    </SectionCard>
  )
}
