import { expect, test } from 'vitest'
import { commandLine, programName, resumeCommandOf, runReference } from './command-line.ts'

const program = 'sygra'

test.each([
  [['run', '-t', 'a', '-n', '3'], 'sygra run -t a -n 3 --resume'],
  [['run', '-t', 'a', '-r', 'True', '-n', '3'], 'sygra run -t a -n 3 --resume'],
  [['run', '--resume', '-t', 'a b'], "sygra run -t 'a b' --resume"],
  [['run', '--resume=False', '-t', "it's"], "sygra run -t 'it'\\''s' --resume"],
  [['run', '-t', 'a', '--force', '--retry-failed'], 'sygra run -t a --resume'],
])('%j goes on with: %s', (args, command) => {
  expect(resumeCommandOf(args, { program })).toBe(command)
})

test.each([
  [['run', '-t', 'a', '--max-cost', '3'], 'sygra run -t a --max-cost 6 --resume'],
  [['run', '--max_cost=3', '-t', 'a'], 'sygra run -t a --max-cost 6 --resume'],
  [['run', '-t', 'a'], 'sygra run -t a --max-cost 1 --resume'],
])('%j goes on after a limit with: %s', (args, command) => {
  expect(resumeCommandOf(args, { raised: { option: '--max-cost', value: '0.5' }, program })).toBe(command)
})

test.each([
  ['--max-failures', '5%', '10%'],
  ['--timeout', '30min', '60min'],
  ['--max-cost', '0.1', '0.2'],
])('%s %s is raised to %s', (option, value, raised) => {
  const command = resumeCommandOf(['run', option, value], { raised: { option }, program })
  expect(command).toBe(`sygra run ${option} ${raised} --resume`)
})

test('a command is printed as the user calls it', () => {
  const called = (file: string, environment: NodeJS.ProcessEnv = {}) => programName({ file, environment })
  expect(called('/usr/local/bin/sygra')).toBe('sygra')
  expect(called('/project/node_modules/.bin/sygra')).toBe('npx sygra')
  expect(called('/clone/dist/cli/main.js')).toBe('npx sygra')
  const npx = { npm_command: 'exec', npm_config_user_agent: 'npm/11.0.0 node/v24.0.0 linux x64' }
  expect(called('/home/me/.npm/_npx/1/node_modules/.bin/sygra', npx)).toBe('npx sygra')
  const pnpm = { npm_command: 'exec', npm_config_user_agent: 'pnpm/10.0.0 npm/? node/v24.0.0' }
  expect(called('/project/node_modules/.bin/sygra', pnpm)).toBe('pnpm exec sygra')
  expect(commandLine(['show', 'a b'], 'npx sygra')).toBe("npx sygra show 'a b'")
})

test('a run is named by its id where it is found by it, else by its file', () => {
  const runId = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'
  expect(runReference({ path: 'tasks/demo/metadata/metadata_demo_1.json', runId })).toBe('0a1b2c3d')
  expect(runReference({ path: 'metadata/metadata_demo_1.json', runId })).toBe('0a1b2c3d')
  expect(runReference({ path: 'far/away/metadata/metadata_demo_1.json', runId })).toBe(
    'far/away/metadata/metadata_demo_1.json',
  )
  expect(runReference({ path: 'metadata/metadata_demo_1.json', runId: undefined })).toBe(
    'metadata/metadata_demo_1.json',
  )
})
