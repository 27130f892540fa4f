import { type RenderOptions, renderSections } from '../../report/text/render-sections.ts'
import type { Section } from '../../report/text/section.ts'
import { wrapText } from '../../report/text/terminal-text.ts'
import { redactText } from '../../runtime/redact.ts'
import { asTyped } from './typed-words.ts'

/** True when a stream takes colours: a terminal, and neither NO_COLOR nor a dumb terminal says otherwise. */
export function usesColors(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
}

/** A stream that may be a terminal. */
type Screen = { readonly isTTY?: boolean; readonly columns?: number }

/** How reports are drawn on a stream: no wider than it is, in colours where it takes them, commands as the user types them. */
export function renderOptions(stream: Screen = process.stdout): RenderOptions {
  return { columns: stream.columns, colors: usesColors(stream), words: asTyped }
}

/** Sections as the standard output shows them. */
export function sectionsText(sections: readonly Section[]): string {
  return renderSections(sections, renderOptions())
}

/**
 * Text for people: commands and options as they type them, lines broken between words. Lines that are indented, such as
 * commands, are never broken, so that they can be copied.
 */
export function prose(text: string, { columns = 0 }: Screen = process.stdout): string {
  return asTyped(text)
    .split('\n')
    .flatMap((line) => (/^\s/.test(line) ? [line] : wrapText(line, columns)))
    .join('\n')
}

/** Says something on the standard error, without secrets; nothing for an empty text. */
export function note(text: string): void {
  if (text !== '') process.stderr.write(`${redactText(prose(text, process.stderr))}\n`)
}
