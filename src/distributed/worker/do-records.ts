import { SygraError } from '../../errors.ts'
import { settleOpenAttempts } from '../../instrument/attempt/open-attempts.ts'
import { installFetch } from '../../instrument/fetch/fetch.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { LedgerWriter } from '../../runtime/ledger/ledger-writer.ts'
import { checkGraphConfig } from '../../workflow/config/check-graph-config.ts'
import { defineWorkflow } from '../../workflow/define-workflow.ts'
import { failureText } from '../../workflow/run/output/run-output.ts'
import { prepareParts } from '../../workflow/run/prepare/prepare-run.ts'
import { digestFunctionFiles } from '../../workflow/run/prepare/run-plan.ts'
import { type CarriedOut, carryOutRecord } from '../../workflow/run/record-work.ts'
import { StopControl } from '../../workflow/run/stop-control.ts'
import type { FromWorker, QueuedRecord, RecordDone, WorkerBegin } from '../messages.ts'
import type { WorkerChannel } from '../transport.ts'
import { RemoteLimiter } from './remote-limiter.ts'
import { Spool } from './spool.ts'

/** What a worker does for one run. */
export interface WorkerRun {
  /** Resolves when the run has no more to do for it, or the coordinator has gone and what was in work has ended. */
  readonly ended: Promise<void>
}

/**
 * Does records of a run for a coordinator until there are none left: loads the task, says so, and does what it is given, as
 * one process does. What happens is told in the lines of its ledger.
 *
 * @throws what is wrong with the task here: a function, a model, a key that is not there.
 */
export async function doRecords(begin: WorkerBegin, channel: WorkerChannel): Promise<WorkerRun> {
  const { worker, runId, simulatorUrl, task, ledgerPath } = begin
  const stop = new StopControl({ graceSeconds: begin.graceSeconds })
  const definition = await defineWorkflow({ ...task, config: checkGraphConfig(task.config) })
  checkFunctionFiles(begin.functionFiles, digestFunctionFiles(definition))
  const { runGraph, makeRow, models, prices } = await prepareParts(definition, {
    options: { runArgs: begin.runArgs },
    source: undefined,
    simulatorUrl,
    signal: stop.work,
  })
  const collector = new MetadataCollector({ runId, worker, isFoldedElsewhere: true })
  collector.setEnabled(true)
  const spool = new Spool(channel, ledgerPath)
  const ledger = new LedgerWriter({ path: ledgerPath, file: spool })
  collector.keepIn(ledger)
  // Who is gone hears nothing: what matters then is in the spool.
  const send = (message: FromWorker) => void channel.send(message).catch(() => {})
  const limiter = new RemoteLimiter({
    send,
    ledger,
    tokenizer: await tokenizerFor(begin),
    isSimulated: simulatorUrl !== undefined,
    callIdOf: (callId) => collector.callIdOf(callId),
  })
  models.limiter = limiter
  const uninstallFetch = installFetch()
  const inWork = new Set<Promise<void>>()
  const work = { collector, prices, runGraph, makeRow, signal: stop.work, refuse: limiter.refuse }

  const carryOut = async ({ id, row, index }: QueuedRecord): Promise<void> => {
    const carried = await carryOutRecord({ id, row, index }, work)
    // What the record has cost is told before it is done: words stay in their order.
    while (ledger.isBehind && ledger.problem === undefined) await ledger.handedOver()
    send(doneMessage(id, carried))
  }
  const take = (record: QueuedRecord): void => {
    const done = carryOut(record).finally(() => inWork.delete(done))
    inWork.add(done)
  }

  const ended = new Promise<void>((resolve) => {
    let isEnding = false
    const end = async (isHeard: boolean): Promise<void> => {
      if (isEnding) return
      isEnding = true
      await Promise.all(inWork)
      uninstallFetch()
      settleOpenAttempts(runId)
      await ledger.close()
      if (isHeard) await channel.send({ type: 'bye' }).catch(() => {})
      stop.dispose()
      resolve()
    }
    channel.onMessage((message) => {
      switch (message.type) {
        case 'record':
          take(message.record)
          break
        case 'kept':
          spool.kept(message.number)
          break
        case 'give-up':
          stop.giveUp()
          break
        case 'end':
          void end(true)
          break
        default:
          limiter.hear(message)
      }
    })
    channel.onGone(() => {
      spool.goOnAlone()
      limiter.refuseAll('the process that hands out the records is gone')
      stop.stop({ type: 'signal', message: 'the process that hands out the records is gone' })
      void end(false)
    })
  })
  send({ type: 'ready', environment: readEnvironment() })
  return { ended }
}

/** Another machine may have another version of the task: rows of two would stand in one output. */
function checkFunctionFiles(there: Readonly<Record<string, string>>, here: Readonly<Record<string, string>>): void {
  const other = Object.keys(there).filter((file) => there[file] !== here[file])
  if (other.length === 0) return
  throw new SygraError('run_changed', `not as the run has it: ${other.join(', ')}; bring the task to the same state`)
}

async function tokenizerFor({ countsTokens }: WorkerBegin) {
  if (!countsTokens) return undefined
  const { loadTokenizer } = await import('../../tokens/tokenizer.ts')
  return loadTokenizer('gpt-4o')
}

function doneMessage(recordId: string, carried: CarriedOut): RecordDone {
  const { outcome, ...facts } = carried
  return { type: 'done', recordId, outcome: outcomeMessage(outcome), ...facts }
}

function outcomeMessage(outcome: CarriedOut['outcome']): RecordDone['outcome'] {
  switch (outcome.type) {
    case 'row':
      return { type: 'row', text: outcome.text, unset: outcome.unset }
    case 'failure':
      return { type: 'failure', message: failureText(outcome.error) }
    case 'given-up':
      return outcome
    default:
      return outcome satisfies never
  }
}
