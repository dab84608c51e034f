/** The keys of an ssh-agent, in the order in which they are offered. */
import ssh2 from 'ssh2'
import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2'

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

/** Reads the keys of an agent; undefined if it does not answer. */
export const agentKeys = (socket: string): Promise<AgentKeys | undefined> =>
  new Promise((resolve) => {
    const agent = ssh2.createAgent(socket)
    agent.getIdentities((error, keys) =>
      resolve(error ? undefined : new AgentKeys(agent, (keys ?? []).filter(isParsed))),
    )
  })
