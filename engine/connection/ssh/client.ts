/** Logs in to an sshd, through ssh2. */
import ssh2 from 'ssh2'
import type { Client } from 'ssh2'
import { throwIfAborted, unlessAborted } from '../abort.ts'
import { CoxswainError, isCoxswainError, toCoxswainError } from '../../errors.ts'
import { LoginThrottle, droppedHint } from '../login-throttle.ts'
import type { Refusal } from '../login-throttle.ts'
import { hintOnOpenFiles } from '../open-files.ts'
import { authentication } from './authentication.ts'
import type { Authentication } from './authentication.ts'
import { knownAs } from './known-hosts.ts'
import type { KnownAs } from './known-hosts.ts'
import { placeOf, usualLoginTimeout } from './settings.ts'
import type { SshSettings } from './settings.ts'
import type { ProxyStream } from './proxy-stream.ts'

/** Temporary failures: the server drops connections (MaxStartups), or does not listen yet. */
const busy = /ECONNRESET|EPIPE|Connection lost before handshake/
const away =
  /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|Timed out|Connection refused|No route to host|Network is unreachable/

/** The jump host or ProxyCommand failed, after its own retries. */
class ProxyFailed extends Error {
  readonly error: CoxswainError
  constructor(error: CoxswainError) {
    super(error.message, { cause: error })
    this.error = error
  }
}

const judge = (error: unknown): Refusal => {
  if (!isCoxswainError(error) || error.code !== 'connect-failed') return 'final'
  if (busy.test(error.message)) return 'busy'
  return away.test(error.message) ? 'away' : 'final'
}

/** Seconds to wait for the server to close the connection. */
const farewellGrace = 2

/** A login, with its jump host or ProxyCommand. */
export interface Login {
  readonly client: Client
  /** Ends the login and its proxy. */
  readonly close: () => Promise<void>
}

/**
 * Connects and logs in, with retries.
 *
 * @throws CoxswainError `connect-failed`, `auth-failed`, `host-key-unknown`, `host-key-changed`, or the signal's reason.
 */
export const logIn = async (settings: SshSettings, signal: AbortSignal): Promise<Login> => {
  const { address, port, throttles, via, connectTimeout: seconds, connectRetries: retries } = settings
  const throttle =
    throttles?.of(`${address} ${port}${via === undefined ? '' : ` ${via.key}`}`) ?? new LoginThrottle()
  try {
    return await throttle.retry(() => attempt(settings, signal), { judge, seconds, retries, signal })
  } catch (error) {
    throw error instanceof ProxyFailed ? error.error : error
  }
}

const attempt = async (settings: SshSettings, signal: AbortSignal): Promise<Login> => {
  const { address, port, hostKeys } = settings
  const known = knownAs(address, port, settings.hostKeyAlias)
  const [auth, serverHostKey] = await Promise.all([
    authentication(settings),
    hostKeys.algorithms(known, settings.algorithms?.hostKeyAlgorithms),
  ])
  throwIfAborted(signal)
  const proxy = await openProxyStream(settings, signal)
  const client = new ssh2.Client()
  // a failure can be reported twice (a timeout, then the end of the socket); an error event without a listener is fatal
  client.on('error', () => {})
  try {
    await unlessAborted(ready(client, settings, { auth, serverHostKey, known, proxy }), signal)
  } catch (error) {
    client.destroy()
    await proxy?.close()
    throw error
  }
  // each opening channel listens for the end of the client
  client.setMaxListeners(0)
  // ssh2 leaves Nagle's algorithm on, which costs 40 ms a command
  client.setNoDelay(true)
  client.once('close', () => void proxy?.close())
  return { client, close: () => end(client, proxy) }
}

const openProxyStream = async (
  settings: SshSettings,
  signal: AbortSignal,
): Promise<ProxyStream | undefined> => {
  const { address, port, via, connectTimeout: timeout } = settings
  try {
    return await via?.open({ address, port }, { timeout, signal })
  } catch (thrown) {
    if (signal.aborted) throw thrown
    const error = toCoxswainError(thrown, 'connect-failed')
    const { code, message, hint, place, cause } = error
    const text = `on the way to ${placeOf(settings)}: ${message}`
    throw new ProxyFailed(new CoxswainError(code, text, { hint, place, cause }))
  }
}

interface Prepared {
  readonly auth: Authentication
  readonly serverHostKey: Awaited<ReturnType<SshSettings['hostKeys']['algorithms']>>
  readonly known: KnownAs
  readonly proxy: ProxyStream | undefined
}

const ready = (client: Client, settings: SshSettings, { auth, serverHostKey, known, proxy }: Prepared) => {
  const { address, port, user, hostKeys, agent, forwardAgent = false } = settings
  const { ciphers, kexAlgorithms, macs } = settings.algorithms ?? {}
  let refusal: unknown
  return new Promise<void>((resolve, reject) => {
    const failed = async (error: Error): Promise<void> => {
      clearTimeout(timer)
      if (refusal !== undefined) return reject(refusal)
      reject(explain(error, settings, auth, await proxy?.lastWords()))
    }
    const { connectTimeout, loginTimeout = Math.max(usualLoginTimeout, connectTimeout) } = settings
    const giveUp = (message: string) => (): void => {
      void failed(new Error(message))
      client.destroy()
    }
    // ssh2's own timeout includes the login, which can be slow if PAM uses a directory
    let timer = setTimeout(giveUp('Timed out while waiting for handshake'), connectTimeout * 1000)
    const loggingIn = (): void => {
      clearTimeout(timer)
      timer = setTimeout(giveUp(`the login took longer than ${loginTimeout} s`), loginTimeout * 1000)
    }
    client.once('handshake', loggingIn)
    client.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
    client.on('error', (error: Error & { level?: string }) => {
      // an agent that does not sign is one failed attempt; ssh2 continues with the next one
      if (error.level !== 'agent') void failed(error)
    })
    client.once('close', () => void failed(new Error('Connection lost before handshake')))
    client.connect({
      ...(proxy === undefined ? { host: address, port } : { sock: proxy.stream }),
      ...(settings.bindAddress !== undefined && { localAddress: settings.bindAddress }),
      forceIPv4: settings.addressFamily === 'inet',
      forceIPv6: settings.addressFamily === 'inet6',
      username: user,
      authHandler: auth.handler,
      ...(agent !== undefined && forwardAgent && { agent, agentForward: true }),
      algorithms: {
        serverHostKey,
        ...(ciphers && { cipher: [...ciphers] }),
        ...(kexAlgorithms && { kex: [...kexAlgorithms] }),
        ...(macs && { hmac: [...macs] }),
        ...(settings.compression === true && { compress: ['zlib@openssh.com', 'zlib', 'none'] }),
      },
      hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
        hostKeys.verify(known, key).then(
          () => verify(true),
          (error: unknown) => {
            refusal = error
            verify(false)
          },
        )
      },
      readyTimeout: 0,
      keepaliveInterval: settings.keepaliveInterval * 1000,
      keepaliveCountMax: settings.keepaliveCountMax ?? 3,
    })
  })
}

const hintOf = (message: string): string | undefined => {
  if (/no matching/i.test(message))
    return 'the server only supports old algorithms: allow them in ~/.ssh/config, such as KexAlgorithms +diffie-hellman-group14-sha1 (`ssh -v` lists them)'
  return busy.test(message) ? droppedHint : hintOnOpenFiles(message)
}

const explain = (
  error: Error & { level?: string },
  settings: SshSettings,
  auth: Authentication,
  lastWords: string | undefined,
): CoxswainError => {
  const place = placeOf(settings)
  if (error.level === 'client-authentication') {
    const details = { cause: error, hint: auth.hint() }
    return new CoxswainError('auth-failed', `${place} refuses the login: ${auth.summary()}`, details)
  }
  return new CoxswainError('connect-failed', `cannot connect to ${place}: ${lastWords ?? error.message}`, {
    cause: error,
    hint: lastWords === undefined ? hintOf(error.message) : undefined,
  })
}

const end = async (client: Client, proxy: ProxyStream | undefined): Promise<void> => {
  await new Promise<void>((resolve) => {
    client.once('close', resolve)
    client.end()
    // without a network there is no reply to the disconnect
    const timer = setTimeout(() => resolve(void client.destroy()), farewellGrace * 1000)
    client.once('close', () => clearTimeout(timer))
  })
  await proxy?.close()
}
