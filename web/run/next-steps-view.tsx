import type { RunAnswer } from '../../src/studio/api.ts'

/** Why a run did not end, and the commands that help, as they are to be typed where the studio was started. */
export function NextStepsView({ answer: { row, metadata, next } }: { readonly answer: RunAnswer }) {
  if (row.status === 'complete' || row.status === 'running') return null
  const { reason } = metadata.execution
  const said = row.status === 'unfinished' ? 'This run has no end' : `This run is ${row.status}`
  return (
    <div class="notice" data-tone={row.status === 'dead' ? 'bad' : 'warning'}>
      <p class="notice-title">{next.note ?? `${said}${reason ? `: ${reason}` : ''}`}</p>
      {next.steps.map(({ what, command }) => (
        <div key={command} class="next-step">
          <span>{what}</span>
          <pre>{command}</pre>
        </div>
      ))}
    </div>
  )
}
