/** What is said of a host here, what ssh's configuration says of it, and what is usual: put together, in this order. */
import { homedir, hostname, userInfo } from 'node:os'
import { CoxswainError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import type { LoginThrottles } from '../login-throttle.ts'
import { optionIn } from './config/arguments.ts'
import { SshConfigs } from './config/ask.ts'
import { parseJump } from './config/jump.ts'
import type { Jump } from './config/jump.ts'
import type { SshConfig } from './config/parse.ts'
import { expandCommand, expandPath, expandTokens } from './config/tokens.ts'
import type { Tokens } from './config/tokens.ts'
import { HostKeys } from './host-keys.ts'
import { Hops } from './hops.ts'
import { commandVia } from './proxy-command.ts'
import { usualSettings } from './settings.ts'
import type { LateSettings, SshSettings } from './settings.ts'
import type { HostKeyChecking } from '../types.ts'

/** What is said of a host here. What is absent is left to ssh's configuration. */
export interface SshWish {
  readonly address: string
  readonly port?: number | undefined
  readonly user?: string | undefined
  readonly privateKeyFile?: string | undefined
  readonly passphrase?: Secret | undefined
  readonly password?: Secret | undefined
  readonly knownHostsFile?: string | undefined
  readonly checking?: HostKeyChecking | undefined
  /** Seconds. */
  readonly connectTimeout?: number | undefined
  /** A configuration of ssh, instead of the usual ones. */
  readonly configFile?: string | undefined
  /** Hosts on the way, as ProxyJump names them; `none` for a straight way. */
  readonly proxyJump?: string | undefined
  readonly forwardAgent?: boolean | undefined
  /** Options of ssh_config that count before port, user and key, each as `-o` takes it. */
  readonly before?: readonly string[] | undefined
  /** Those that count after them. */
  readonly after?: readonly string[] | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

export interface RoutesOptions {
  readonly throttles: LoginThrottles
  readonly configs?: SshConfigs | undefined
  readonly environment?: Environment | undefined
}

const agentOf = (name: string | undefined, environment: Environment): string | undefined => {
  if (name === undefined || name === 'SSH_AUTH_SOCK') return environment['SSH_AUTH_SOCK']
  if (name.toLowerCase() === 'none') return undefined
  return name.startsWith('$') ? environment[name.slice(1).replace(/^\{(.*)\}$/, '$1')] : name
}

/** Who and where a host is, and what that fills in elsewhere. */
const tokensOf = (wish: SshWish, config: SshConfig | undefined, environment: Environment): Tokens => {
  const { homedir: home, uid, username } = userInfo()
  return {
    hostName: config?.hostName === undefined || config.hostName === '' ? wish.address : config.hostName,
    given: wish.address,
    // ssh was asked with what is said here, so its answer has it, unless its arguments count before
    port: config?.port ?? wish.port ?? usualSettings.port,
    user: (config?.user === '' ? undefined : config?.user) ?? wish.user ?? username,
    localUser: username,
    home: home === '' ? homedir() : home,
    uid,
    machine: hostname(),
    keyName: config?.hostKeyAlias ?? wish.address,
    environment,
  }
}

const refuseBeyondUs = (address: string, config: SshConfig | undefined): void => {
  const options = config?.beyondUs ?? []
  if (options.length === 0) return
  throw new CoxswainError(
    'connect-failed',
    `ssh's configuration for ${address} has ${options.join(' and ')}, which connection: ssh cannot keep`,
    { hint: 'set connection: openssh for the host' },
  )
}

/** The ways to the hosts of a run. What they share is here: hops, known hosts, ssh's answers. */
export class SshRoutes {
  readonly #throttles: LoginThrottles
  readonly #configs: SshConfigs
  readonly #environment: Environment
  readonly #hops = new Hops()
  // one reading of each set of known_hosts files serves all hosts
  readonly #hostKeys = new Map<string, HostKeys>()

  constructor({ throttles, configs = new SshConfigs(), environment = process.env }: RoutesOptions) {
    this.#throttles = throttles
    this.#configs = configs
    this.#environment = environment
  }

  /** How to get to a host: at once where nobody needs to be asked, else when it is first wanted. */
  to(wish: SshWish): SshSettings | LateSettings {
    const asks = this.#configs.has({ file: wish.configFile, before: wish.before, after: wish.after })
    if (!asks && wish.proxyJump === undefined) return this.#settings(wish, undefined)
    let settings: Promise<SshSettings> | undefined
    const { user, address, port } = wish
    return {
      description: `${user === undefined ? '' : `${user}@`}${address}${port === undefined ? '' : `:${port}`}`,
      settings: () => (settings ??= this.#resolve(wish, undefined, [])),
    }
  }

  /**
   * @param before hosts before this one, where it is itself in a list of them.
   * @param behind whom the way leads to, to see that it does not go in circles.
   */
  async #resolve(
    wish: SshWish,
    before: readonly Jump[] | undefined,
    behind: readonly string[],
  ): Promise<SshSettings> {
    const { address, user, port, configFile: file, before: first, after } = wish
    const config = await this.#configs.of({ address, user, port, file, before: first, after })
    refuseBeyondUs(address, config)
    const here = JSON.stringify([address, user, port])
    if (behind.includes(here)) {
      throw new CoxswainError('connect-failed', `the way to ${address} leads through itself`, {
        hint: 'leave the jump host out where its ProxyJump is set: Host * !jump',
      })
    }
    const own = wish.proxyJump === undefined ? config?.proxyJump : parseJump(wish.proxyJump)
    const jumps = before ?? own ?? []
    const straight = this.#settings(wish, config)
    const tokens = tokensOf(wish, config, this.#environment)
    const last = jumps.at(-1)
    if (last !== undefined) {
      const filled = {
        address: expandTokens(last.address, tokens),
        user: last.user === undefined ? undefined : expandTokens(last.user, tokens),
      }
      // what was said of the host is not said of those on the way; nor are its passwords for them
      const { passphrase, checking, connectTimeout } = wish
      const hop: SshWish = {
        ...filled,
        port: last.port,
        configFile: file,
        passphrase,
        checking,
        connectTimeout,
      }
      const earlier = jumps.length > 1 ? jumps.slice(0, -1) : undefined
      const settings = await this.#resolve(hop, earlier, [...behind, here])
      return { ...straight, via: this.#hops.via(settings) }
    }
    // ProxyJump, none too, rules a command out
    const command = wish.proxyJump === undefined ? config?.proxyCommand : undefined
    return command === undefined ? straight : { ...straight, via: commandVia(expandCommand(command, tokens)) }
  }

  #settings(wish: SshWish, config: SshConfig | undefined): SshSettings {
    const tokens = tokensOf(wish, config, this.#environment)
    const { hostName: address, port, user } = tokens
    const files = (paths: readonly string[] | undefined): readonly string[] | undefined =>
      paths?.map((path) => expandPath(path, tokens)).filter((path) => path !== undefined)
    return {
      address,
      port,
      user,
      privateKeyFiles: this.#keyFilesOf(wish, files(config?.identityFiles)),
      passphrase: wish.passphrase,
      password: wish.password,
      agent: agentOf(config?.identityAgent, this.#environment),
      identitiesOnly: config?.identitiesOnly,
      certificateFiles: files(config?.certificateFiles),
      forwardAgent: wish.forwardAgent,
      hostKeys: this.#keysOf(wish, config),
      hostKeyAlias: config?.hostKeyAlias,
      algorithms: config?.algorithms,
      addressFamily: config?.addressFamily === 'any' ? undefined : config?.addressFamily,
      bindAddress: config?.bindAddress,
      authentications: config?.authentications,
      compression: config?.compression,
      connectTimeout: wish.connectTimeout ?? config?.connectTimeout ?? usualSettings.connectTimeout,
      connectRetries: usualSettings.connectRetries,
      throttles: this.#throttles,
      keepaliveInterval: config?.aliveInterval ?? usualSettings.keepaliveInterval,
      keepaliveCountMax: config?.aliveCountMax,
    }
  }

  /** A key that is named here goes alone, but for those that ssh's arguments name for the same host. */
  #keyFilesOf(
    { privateKeyFile: named, before = [], after = [] }: SshWish,
    configured: readonly string[] | undefined,
  ): readonly string[] | undefined {
    if (named === undefined) return configured
    const more = optionIn([...before, ...after], 'IdentityFile') === undefined ? [] : (configured ?? [])
    return [...new Set([named, ...more])]
  }

  /** Host keys are checked strictly; `accept-new` of ssh's configuration is kept, `no` is not: that is said here only. */
  #keysOf({ knownHostsFile, checking }: SshWish, config: SshConfig | undefined): HostKeys {
    const configured = config?.checking === 'accept-new' ? 'accept-new' : 'strict'
    const files =
      knownHostsFile === undefined
        ? config && [...config.userKnownHosts, ...config.globalKnownHosts]
        : [knownHostsFile]
    // a new key is for the user's own file, never for the one of all
    const added = knownHostsFile ?? (config === undefined ? undefined : (config.userKnownHosts[0] ?? null))
    const options = { added, laxHere: checking === undefined && config?.checking === 'no' }
    const key = JSON.stringify([files, checking ?? configured, options])
    const known = this.#hostKeys.get(key) ?? new HostKeys(files, checking ?? configured, options)
    this.#hostKeys.set(key, known)
    return known
  }
}
