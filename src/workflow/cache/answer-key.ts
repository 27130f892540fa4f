import crypto from 'node:crypto'
import { isSecretName } from '../../runtime/secret-names.ts'
import type { ModelCall, ModelClient } from '../models/model-call.ts'
import { canonicalJson } from '../sources/records/canonical-json.ts'
import { bytesAs } from './bytes-in-json.ts'

/** Raised when what answers are kept under changes: then no older one is found. */
const keyVersion = 1

/** Makes the keys that answers are kept under. */
export class AnswerKeys {
  readonly #simulation: string | undefined
  /** What every key of a model begins with: the same for all its calls. */
  readonly #beginnings = new WeakMap<ModelClient, string>()

  /** @param simulation what shapes the answers of a simulator, which has another address in each run. */
  constructor(simulation: string | undefined) {
    this.#simulation = simulation
  }

  /**
   * A digest of everything that shapes an answer: who is asked and where, with which parameters, what is said, which tools and
   * which form of the answer. Keys of accounts, retries and times shape nothing.
   */
  of({ client, prompt, responseFormat, tools, toolChoice }: ModelCall): string {
    const said = JSON.stringify([prompt, responseFormat, tools, toolChoice], bytesAsText)
    return crypto.hash('sha256', `${this.#beginningOf(client)}${said}`)
  }

  #beginningOf(client: ModelClient): string {
    let beginning = this.#beginnings.get(client)
    if (beginning === undefined) {
      beginning = `${keyVersion}\n${canonicalJson([askedOf(client, this.#simulation), client.parameters])}\n`
      this.#beginnings.set(client, beginning)
    }
    return beginning
  }
}

function askedOf({ resolved, identity, upstreamModel, purpose }: ModelClient, simulation: string | undefined): unknown {
  // An object that the program has made says what it is, and nothing of what it was made with.
  if (resolved === undefined) return { object: identity.type, model: upstreamModel, purpose }
  const { type, addresses, settings, headers, apiVersion, isSimulated } = resolved
  return {
    type,
    model: upstreamModel,
    // A simulator answers by the name that the workflow has for a model, too.
    urls: isSimulated ? { simulation, name: identity.name } : addresses.map(({ url }) => url),
    settings: isSimulated ? {} : withoutSecrets(settings),
    headers: withoutSecrets(headers),
    apiVersion,
    purpose,
  }
}

function withoutSecrets(entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !isSecretName(name)))
}

const bytesAsText = bytesAs((base64) => ({ base64 }))
