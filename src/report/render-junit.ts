import type { GateResult } from './gates.ts'
import { safeText } from './safe-text.ts'

/** Gates as a JUnit report, which CI systems show as tests. */
export function renderJunit(gates: readonly GateResult[], suite: string): string {
  const failures = gates.filter(({ passed }) => !passed).length
  const counts = `tests="${gates.length}" failures="${failures}" errors="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sygra compare" ${counts}>`,
    `  <testsuite name="${escapeXml(suite)}" ${counts}>`,
    ...gates.map((gate) => testCase(gate, suite)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase({ gate, passed, reason }: GateResult, suite: string): string {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(gate)}"`
  if (passed) return `${open}/>`
  const text = escapeXml(reason)
  return `${open}>\n      <failure message="${text}">${text}</failure>\n    </testcase>`
}

// XML 1.0 cannot hold control characters at all; in safe text they are visible.
function escapeXml(text: string): string {
  return safeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\ufffe\uffff]/g, '')
}
