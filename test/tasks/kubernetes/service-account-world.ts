/** Three control-plane nodes and a worker: API servers accept and sign tokens with what they have read when they started. */
import { generateKeyPairSync } from 'node:crypto'
import { keyId, publicKeysIn, publicOf } from '../../../tasks/kubernetes/service-accounts/keys.ts'
import { scripted } from '../../../engine/connection/scripted.ts'
import type { Reply, ScriptedConnection } from '../../../engine/connection/scripted.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import type { Task } from '../../../engine/dsl/types.ts'
import { CoxswainError } from '../../../engine/index.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'
import { nodeRow } from './encryption-world.ts'

export const names = ['m1', 'm2', 'm3'] as const
/** The control-plane nodes, as tasks take them. */
export const masters = names.map((name, index) => ({ name, address: `10.0.0.${index + 1}` }))
export const nodes = [...names, 'w1'] as const
export const publicPath = '/etc/kubernetes/pki/sa.pub'
export const privatePath = '/etc/kubernetes/pki/sa.key'
export const recordPath = '/etc/coxswain/rotate-service-accounts/key.json'
export const restartsPath = '/etc/coxswain/restart-static-pods'

/** A pair of keys as kubeadm makes it. */
export const pairOf = (curve?: string) => {
  const { publicKey, privateKey } =
    curve === undefined
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: curve })
  return {
    public: String(publicKey.export({ type: 'spki', format: 'pem' })),
    private: String(privateKey.export({ type: curve === undefined ? 'pkcs1' : 'sec1', format: 'pem' })),
    id: keyId(publicKey),
  }
}

/** The key before: of an elliptic curve, because those of RSA take long to read and to make. */
export const old = pairOf('prime256v1')

const manifestOf = (component: string, words: readonly string[]): string =>
  [
    'apiVersion: v1',
    'kind: Pod',
    'spec:',
    '  containers:',
    '  - command:',
    `    - ${component}`,
    ...words.map((word) => `    - ${word}`),
    '',
  ].join('\n')

/** A manifest of the API server as kubeadm writes it, and more words. */
export const apiServerManifest = (...more: readonly string[]): string =>
  manifestOf('kube-apiserver', [
    '--advertise-address=10.0.0.1',
    `--service-account-key-file=${publicPath}`,
    `--service-account-signing-key-file=${privatePath}`,
    ...more,
  ])
/** The same of the controller manager. */
export const controllerManifest = (path = privatePath): string =>
  manifestOf('kube-controller-manager', [`--service-account-private-key-file=${path}`])

/** The path of a manifest. */
export const manifestPath = (component: string): string => `/etc/kubernetes/manifests/${component}.yaml`

/** The header of a token in Base64. */
export const headerOf = (kid?: string): string =>
  Buffer.from(JSON.stringify({ alg: 'RS256', ...(kid !== undefined && { kid }) })).toString('base64url')

/** A pod of the world: a token that is mounted, and when it ends. */
export interface WorldPod {
  readonly uid: string
  readonly node: string
  key: string
  /** Whether its token is not where it must be. */
  lost?: boolean
}

interface Options {
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly nodes?: string
  readonly kubelet?: string
}

const service = (uid: string): string => `kubernetes.io~projected/kube-api-access-${uid}/..data/token`

/** A cluster on scripted hosts. */
export const serviceAccountCluster = ({
  files = {},
  secrets: given = {},
  nodes: listed = `${names.map((name) => nodeRow(name)).join('')}${nodeRow('w1', '{}')}`,
  kubelet = 'active',
}: Options = {}) => {
  const connections = new Map<string, ScriptedConnection>()
  const servers = new Map<string, { accepted: readonly string[]; signer: string }>()
  /** The key with which the controller manager of a host signs. */
  const controllers = new Map<string, string>()
  const pods: WorldPod[] = nodes.flatMap((node) => [
    { uid: `a-${node}`, node, key: old.id },
    { uid: `b-${node}`, node, key: old.id },
  ])
  const secrets = new Map(Object.entries(given))
  const cut: { at: number | undefined; count: number } = { at: undefined, count: 0 }
  const refused: string[] = []
  /** API servers that do not read their files when they start. */
  const deaf = new Set<string>()
  const away = new Set<string>()
  /** Whether no controller manager writes tokens. */
  const silent = { controllers: false }
  const log: string[] = []

  const fileOn = (name: string, path: string): string | undefined => {
    const stored = connections.get(name)?.files.get(path)
    return stored === undefined ? undefined : String(stored.content)
  }
  const signerOn = (name: string): string => {
    const key = publicOf(fileOn(name, privatePath) ?? '')
    return key === undefined ? '' : keyId(key)
  }

  const loadServer = (name: string): void => {
    const accepted = publicKeysIn(fileOn(name, publicPath) ?? '')?.map(({ id }) => id) ?? []
    servers.set(name, { accepted, signer: signerOn(name) })
  }
  const loadController = (name: string): void => {
    controllers.set(name, signerOn(name))
  }

  /** Notes tokens in use that an API server refuses. */
  const look = (): void => {
    for (const [name, { accepted }] of servers) {
      for (const { uid, key } of pods) if (!accepted.includes(key)) refused.push(`${name} refuses ${uid}`)
      for (const [secret, key] of secrets)
        if (key !== '' && key !== 'unknown' && !accepted.includes(key))
          refused.push(`${name} refuses ${secret}`)
    }
  }

  /** The API server whose URL a command has. */
  const serverAt = (script: string) =>
    servers.get(masters.find(({ address }) => script.includes(`https://${address}:6443`))?.name ?? '')

  const anyServer = (): string => names[Math.floor(Math.random() * names.length)] ?? 'm1'
  /** The kubelet of a node gets new tokens, from any API server. */
  const refresh = (node: string): void => {
    for (const pod of pods) if (pod.node === node) pod.key = servers.get(anyServer())?.signer ?? ''
    look()
  }

  const patternsOf = (name: string): (readonly [RegExp, Reply])[] => [
    [/^kubectl .* get nodes -o /, listed],
    [
      /^kubectl .* get --raw \/openid\/v1\/jwks$/,
      ({ script }) =>
        JSON.stringify({ keys: (serverAt(script)?.accepted ?? []).map((kid) => ({ kid, use: 'sig' })) }),
    ],
    [
      sentPattern('tasks/kubernetes/service-accounts/signing-key.sh'),
      ({ script }) => `${headerOf(serverAt(script)?.signer)}\n`,
    ],
    [/^systemctl is-active kubelet$/, `${kubelet}\n`],
    [/^curl .*10248\/healthz/, 'ok'],
    [/^curl .*(readyz|healthz)/, 'ok'],
    [/^date \+%s$/, '1796083200\n'],
    [
      /^kubectl .* get pods --all-namespaces /,
      ({ script }) => {
        const node = /spec\.nodeName=(\w+)/.exec(script)?.[1]
        return pods
          .filter((pod) => node === undefined || pod.node === node)
          .map(
            ({ uid }) =>
              `${uid}\tdefault/${uid}\tRunning\n${uid}\tdefault/${uid}\tRunning\tkube-api-access-${uid}\t"token"\n`,
          )
          .join('')
      },
    ],
    [
      sentPattern('tasks/kubernetes/service-accounts/list-tokens.sh'),
      () =>
        pods
          .filter((pod) => pod.node === name && pod.lost !== true)
          .map(({ uid, key }) => `${headerOf(key)}\t/var/lib/kubelet/pods/${uid}/volumes/${service(uid)}\n`)
          .join(''),
    ],
    [
      sentPattern('tasks/kubernetes/service-accounts/list-secrets.sh'),
      () =>
        [...secrets]
          .map(([secret, key]) => {
            const header = key === 'unknown' ? '?' : headerOf(key)
            return `${secret.replace('/', '\t')}\t${key === '' ? '' : header}\n`
          })
          .join(''),
    ],
    [
      sentPattern('tasks/kubernetes/service-accounts/renew-secrets.sh'),
      ({ stdin }) => {
        log.push(`${name}: renew ${stdin.trim().replaceAll('\n', ', ')}`)
        // any of them can be the leader
        for (const line of stdin.split('\n').filter(Boolean))
          secrets.set(line.replace(' ', '/'), silent.controllers ? '' : (controllers.get(anyServer()) ?? ''))
        return ''
      },
    ],
    [
      /^systemctl restart kubelet$/,
      () => {
        log.push(`${name}: restart kubelet`)
        refresh(name)
        return ''
      },
    ],
    [
      sentPattern('tasks/kubernetes/kubeadm/restart-static-pod.sh'),
      ({ script }) => {
        const pod = / kube-[a-z-]+/.exec(wordsIn(script).replaceAll("'", ''))?.[0].trim() ?? ''
        log.push(`${name}: restart ${pod}`)
        if (pod !== 'kube-apiserver') loadController(name)
        else if (!deaf.has(name)) loadServer(name)
        look()
        return ''
      },
    ],
  ]

  for (const name of nodes)
    connections.set(
      name,
      scripted({
        files:
          name === 'w1'
            ? {}
            : {
                [manifestPath('kube-apiserver')]: apiServerManifest(),
                [manifestPath('kube-controller-manager')]: controllerManifest(),
                [publicPath]: old.public,
                [privatePath]: { content: old.private, mode: '0600' },
                ...files[name],
              },
        replies: patternsOf(name),
      }),
    )
  for (const name of names) {
    loadServer(name)
    loadController(name)
  }

  /** The connection of a host, which is cut off where it is said. */
  const reached = (name: string, connection: ScriptedConnection): Connection => ({
    ...connection,
    execute: async (request) => {
      if (away.has(name)) throw new CoxswainError('connect-failed', `${name} cannot be reached`)
      const lost = new CoxswainError('task-failed', `${name} is cut off`)
      // nothing comes after it in this run
      if (cut.at !== undefined && cut.count >= cut.at) throw lost
      if (request.purpose === 'query') return connection.execute(request)
      cut.count += 1
      if (cut.at === cut.count) throw lost
      const result = await connection.execute(request)
      look()
      return result
    },
  })

  const execute = async (name: string, task: Task, checkMode = false) => {
    const own = connections.get(name)
    if (own === undefined) throw new Error(name)
    const rest = [...connections].filter(([other]) => other !== name)
    const all = [[name, own] as const, ...rest].map(([one, found]) => [one, reached(one, found)] as const)
    const result = await standaloneRun(new Map(all))(task, checkMode)
    const [unanswered] = [...connections.values()].flatMap((one) => one.unanswered)
    if (unanswered !== undefined) throw new Error(`no reply for ${unanswered}`)
    return result
  }

  return {
    connections,
    servers,
    controllers,
    pods,
    secrets,
    refused,
    deaf,
    silent,
    log,
    cut,
    away,
    execute,
    fileOn,
    refresh,
    /** The programs of a host end, and are started again. */
    crash: (name: string): void => {
      loadServer(name)
      loadController(name)
      look()
    },
  }
}
