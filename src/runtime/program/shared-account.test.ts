import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { processStart } from '../../../test/helpers/process-start.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import type { RunEnd, RunStart } from '../../metadata/event.ts'
import { parseMetadata } from '../../metadata/parse.ts'
import { formatLedgerLine } from '../ledger/ledger-line.ts'
import { joinProgram, type ProcessPlace } from './program-files.ts'
import { endAccount, finishAccount, SharedAccount } from './shared-account.ts'

/** One for all: of two with the same number the one that began before the other is over. */
const startedAtMs = Date.now()
const run = { id: 'run', startedAtMs: Date.UTC(2026, 10, 20, 9) }

/** Processes of one program, all of them there, as far as can be told. */
function processes(directory: string, count: number): [ProcessPlace, ...ProcessPlace[]] {
  const join = () => {
    const start = processStart('w1', { startedAtMs })
    const place = joinProgram({ run, directory, taskName: 'job', start })
    if (place.worker !== 'w1') write(place, 0, processStart(place.worker, { startedAtMs }))
    return place
  }
  return [join(), ...Array.from({ length: count - 1 }, join)]
}

function write({ ledgerPath }: ProcessPlace, seq: number, entry: RunStart | RunEnd): void {
  appendFileSync(ledgerPath, formatLedgerLine({ seq, atMs: Date.now(), entry }))
}

function end(place: ProcessPlace): void {
  const { worker } = place
  write(place, 1, {
    type: 'run-end',
    session: 0,
    status: 'complete',
    endedAtMs: Date.now(),
    durationSeconds: 1,
    worker,
  })
}

const metadataOf = ({ metadataPath }: ProcessPlace) => parseMetadata(readFileSync(metadataPath, 'utf8'), metadataPath)

test('however many end one after the other while one has the file: that one finishes the account of all', async () => {
  const [own, ...others] = processes(await scratchFolder(), 7)
  const account = new SharedAccount(own.metadataPath)
  // Each comes in the moment between the last look into the ledgers and the release, and finds the file taken.
  const release = account.release.bind(account)
  account.release = () => {
    const next = others.shift()
    if (next !== undefined) {
      expect(new SharedAccount(next.metadataPath).holds()).toBe(false)
      end(next)
    }
    release()
  }
  end(own)
  endAccount(account, own.metadataPath)
  expect(metadataOf(own).status).toBe('complete')
  expect(others).toEqual([])
  expect(readdirSync(dirname(own.metadataPath)).filter((name) => name.includes('lock'))).toEqual([])
})

test('whoever finishes it from outside has read all that was written before the file was its own, or comes meanwhile', async () => {
  const [own, other, last] = processes(await scratchFolder(), 3)
  if (other === undefined || last === undefined) throw new Error('there are too few processes')
  end(own)
  const account = new SharedAccount(own.metadataPath)
  await account.refresh()
  // What it has read is old by the time at which it has the file.
  end(other)
  const release = account.release.bind(account)
  account.release = () => {
    if (metadataOf(own).status === 'running') end(last)
    release()
  }
  const metadata = await finishAccount(account, own.metadataPath)
  expect(metadata.status).toBe('complete')
  expect(metadataOf(own).status).toBe('complete')
})

test('while another process has the file, what is told is read to its end all the same', async () => {
  const [own, other] = processes(await scratchFolder(), 2)
  if (other === undefined) throw new Error('there is no other process')
  const [holder, account] = [new SharedAccount(own.metadataPath), new SharedAccount(own.metadataPath)]
  expect(holder.holds()).toBe(true)
  await account.refresh()
  end(own)
  end(other)
  expect((await finishAccount(account, own.metadataPath)).status).toBe('complete')
  expect(readFileSync(own.metadataPath, 'utf8')).toBe('')
})

test('one that goes on and has only said more is not waited for: it writes the file itself', async () => {
  const [own, other] = processes(await scratchFolder(), 2)
  if (other === undefined) throw new Error('there is no other process')
  const account = new SharedAccount(own.metadataPath)
  const release = account.release.bind(account)
  let releases = 0
  account.release = () => {
    releases += 1
    write(other, releases, processStart(other.worker, { startedAtMs }))
    release()
  }
  end(own)
  endAccount(account, own.metadataPath)
  expect(releases).toBe(1)
  await finishAccount(account, own.metadataPath)
  expect(releases).toBe(2)
  expect(metadataOf(own).status).toBe('running')
})
