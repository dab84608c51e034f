/** The keys of an ssh-agent, in the order in which they are offered. */
import { connect } from 'node:net'
import ssh2 from 'ssh2'
import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2'
import { throwIfTooManyOpen } from '../open-files.ts'

/** An agent that shows only some of its keys. */
export class AgentKeys extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: BaseAgent
  readonly keys: readonly ParsedKey[]

  constructor(agent: BaseAgent, keys: readonly ParsedKey[]) {
    super()
    this.#agent = agent
    this.keys = keys
  }

  /** The same agent with fewer keys, or in another order. */
  showing(keys: readonly ParsedKey[]): AgentKeys {
    return new AgentKeys(this.#agent, keys)
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(undefined, [...this.keys])
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options)
    else this.#agent.sign(key, data, options, done)
  }
}

const isParsed = (key: unknown): key is ParsedKey =>
  typeof key === 'object' && key !== null && 'getPublicSSH' in key

/** Why a socket does not accept connections; undefined if it does. ssh2 does not report it. */
const connectFault = (socket: string): Promise<Error | undefined> =>
  new Promise((resolve) => {
    const stream = connect(socket, () => {
      stream.destroy()
      resolve(undefined)
    })
    stream.on('error', resolve)
  })

/**
 * Reads the keys of an agent; undefined if it does not answer.
 *
 * @throws CoxswainError `connect-failed` if this machine allows too few open files.
 */
export const agentKeys = async (socket: string): Promise<AgentKeys | undefined> => {
  const agent = ssh2.createAgent(socket)
  const [error, keys] = await new Promise<Parameters<IdentityCallback>>((resolve) =>
    agent.getIdentities((...answer) => resolve(answer)),
  )
  if (!error) return new AgentKeys(agent, (keys ?? []).filter(isParsed))
  const fault = await connectFault(socket)
  if (fault !== undefined) throwIfTooManyOpen(`ask the agent at ${socket}`, fault)
  return undefined
}
