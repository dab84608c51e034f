/** Merges the settings of a host: from the inventory and command line, then the configuration of ssh, then defaults. */
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

/** The settings of a host in the inventory and on the command line; others are left to the configuration of ssh. */
export interface SshRequest {
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
  /** A configuration file of ssh instead of the default ones. */
  readonly configFile?: string | undefined
  /** Jump hosts, as in ProxyJump; `none` for a direct connection. */
  readonly proxyJump?: string | undefined
  readonly forwardAgent?: boolean | undefined
  /** Options of ssh_config that override port, user and key, each as for `-o`. */
  readonly before?: readonly string[] | undefined
  /** Options that do not override them. */
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

/** The address and user of a host, and the other values of tokens. */
const tokensOf = (wish: SshRequest, config: SshConfig | undefined, environment: Environment): Tokens => {
  const { homedir: home, uid, username } = userInfo()
  return {
    hostName: config?.hostName === undefined || config.hostName === '' ? wish.address : config.hostName,
    given: wish.address,
    // the output of `ssh -G` includes our settings, unless arguments override them
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

const refuseUnsupported = (address: string, config: SshConfig | undefined): void => {
  const options = config?.unsupported ?? []
  if (options.length === 0) return
  throw new CoxswainError(
    'connect-failed',
    `the configuration of ssh for ${address} has ${options.join(' and ')}, which connection: ssh does not support`,
    { hint: 'set connection: openssh for the host' },
  )
}

/** The routes to the hosts of a run. They share jump hosts, known hosts and the configuration of ssh. */
export class SshRoutes {
  readonly #throttles: LoginThrottles
  readonly #configs: SshConfigs
  readonly #environment: Environment
  readonly #hops = new Hops()
  // each set of known_hosts files is read once for all hosts
  readonly #hostKeys = new Map<string, HostKeys>()

  constructor({ throttles, configs = new SshConfigs(), environment = process.env }: RoutesOptions) {
    this.#throttles = throttles
    this.#configs = configs
    this.#environment = environment
  }

  /** The settings of a host: immediately if ssh need not be asked, else when they are first needed. */
  to(wish: SshRequest): SshSettings | LateSettings {
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
   * @param before earlier jump hosts, if this host is one of a list.
   * @param targets the hosts that this route leads to, to detect circles.
   */
  async #resolve(
    wish: SshRequest,
    before: readonly Jump[] | undefined,
    targets: readonly string[],
  ): Promise<SshSettings> {
    const { address, user, port, configFile: file, before: first, after } = wish
    const config = await this.#configs.of({ address, user, port, file, before: first, after })
    refuseUnsupported(address, config)
    const here = JSON.stringify([address, user, port])
    if (targets.includes(here)) {
      throw new CoxswainError('connect-failed', `the route to ${address} leads through itself`, {
        hint: 'exclude the jump host from its own ProxyJump: Host * !jump',
      })
    }
    const own = wish.proxyJump === undefined ? config?.proxyJump : parseJump(wish.proxyJump)
    const jumps = before ?? own ?? []
    const direct = this.#settings(wish, config)
    const tokens = tokensOf(wish, config, this.#environment)
    const last = jumps.at(-1)
    if (last !== undefined) {
      const filled = {
        address: expandTokens(last.address, tokens),
        user: last.user === undefined ? undefined : expandTokens(last.user, tokens),
      }
      // settings and passwords of the host do not apply to its jump hosts
      const { passphrase, checking, connectTimeout } = wish
      const hop: SshRequest = {
        ...filled,
        port: last.port,
        configFile: file,
        passphrase,
        checking,
        connectTimeout,
      }
      const earlier = jumps.length > 1 ? jumps.slice(0, -1) : undefined
      const settings = await this.#resolve(hop, earlier, [...targets, here])
      return { ...direct, via: this.#hops.via(settings) }
    }
    // ProxyJump, including none, overrides ProxyCommand
    const command = wish.proxyJump === undefined ? config?.proxyCommand : undefined
    return command === undefined ? direct : { ...direct, via: commandVia(expandCommand(command, tokens)) }
  }

  #settings(wish: SshRequest, config: SshConfig | undefined): SshSettings {
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

  /** A named key replaces the configured keys, except those in the ssh arguments of the host. */
  #keyFilesOf(
    { privateKeyFile: named, before = [], after = [] }: SshRequest,
    configured: readonly string[] | undefined,
  ): readonly string[] | undefined {
    if (named === undefined) return configured
    const more = optionIn([...before, ...after], 'IdentityFile') === undefined ? [] : (configured ?? [])
    return [...new Set([named, ...more])]
  }

  /** Host keys are checked strictly. `accept-new` in the configuration of ssh has effect; `no` does not. */
  #keysOf({ knownHostsFile, checking }: SshRequest, config: SshConfig | undefined): HostKeys {
    const configured = config?.checking === 'accept-new' ? 'accept-new' : 'strict'
    const files =
      knownHostsFile === undefined
        ? config && [...config.userKnownHosts, ...config.globalKnownHosts]
        : [knownHostsFile]
    // a new key is added to the user's file, never to the global one
    const added = knownHostsFile ?? (config === undefined ? undefined : (config.userKnownHosts[0] ?? null))
    const options = { added, laxHere: checking === undefined && config?.checking === 'no' }
    const key = JSON.stringify([files, checking ?? configured, options])
    const known = this.#hostKeys.get(key) ?? new HostKeys(files, checking ?? configured, options)
    this.#hostKeys.set(key, known)
    return known
  }
}
