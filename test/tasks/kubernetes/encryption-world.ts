/** Three control-plane nodes that share an etcd: their API servers encrypt with what they have read when they started. */
import { configIn, valuePrefix } from '../../../tasks/kubernetes/encryption/config.ts'
import type { Config } from '../../../tasks/kubernetes/encryption/config.ts'
import { scripted } from '../../../engine/connection/scripted.ts'
import type { Reply, ScriptedConnection, ScriptedFile } from '../../../engine/connection/scripted.ts'
import type { Task } from '../../../engine/dsl/types.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { CoxswainError } from '../../../engine/index.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'

export const names = ['m1', 'm2', 'm3'] as const
export const file = '/etc/kubernetes/pki/encryption.yaml'
export const manifestPath = '/etc/kubernetes/manifests/kube-apiserver.yaml'
export const recordPath = '/etc/coxswain/rotate-keys/encryption.json'
export const restartsPath = '/etc/coxswain/restart-static-pods'
export const oldSecret = Buffer.alloc(32, 1).toString('base64')

/** A manifest of the API server as kubeadm writes it, with or without the argument. */
export const manifestOf = (path?: string, more: readonly string[] = []): string =>
  [
    'apiVersion: v1',
    'kind: Pod',
    'spec:',
    '  containers:',
    '  - command:',
    '    - kube-apiserver',
    '    - --advertise-address=10.0.0.1',
    '    - --etcd-servers=https://127.0.0.1:2379',
    ...(path === undefined ? [] : [`    - --encryption-provider-config=${path}`]),
    ...more.map((line) => `    ${line}`),
    '    image: registry.k8s.io/kube-apiserver:v1.37.2',
    '    volumeMounts:',
    '    - mountPath: /etc/kubernetes/pki',
    '      name: k8s-certs',
    '',
  ].join('\n')

/** A configuration with one key of a person. */
export const oldConfig = [
  'apiVersion: apiserver.config.k8s.io/v1',
  'kind: EncryptionConfiguration',
  'resources:',
  '- resources: [secrets]',
  '  providers:',
  `  - aescbc: {keys: [{name: key1, secret: ${oldSecret}}]}`,
  '  - identity: {}',
  '',
].join('\n')

/** The row of a node, as tasks ask for it. */
export const nodeRow = (name: string, labels = '{"node-role.kubernetes.io/control-plane":""}'): string =>
  `${name}\tTrue\t\tv1.37.2\tcontainerd\t10.0.0.1\t\t${labels}\n`

const textOf = (stored: ScriptedFile | undefined): string | undefined =>
  stored === undefined ? undefined : String(stored.content)

/** Words of a script that was sent. */
const words = (script: string): string[] =>
  [...wordsIn(script).matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare)

const plainText = (base64: unknown): string => Buffer.from(String(base64), 'base64').toString('latin1')

/** What etcd answers to questions about keys. */
const etcdAnswer = (values: ReadonlyMap<string, string>, path: string, body: Record<string, unknown>) => {
  const within = (from: unknown, to: unknown): string[] =>
    [...values.keys()].filter((key) => key >= plainText(from) && key < plainText(to)).toSorted()
  if (path === 'kv/range') {
    const one = Buffer.from(`${plainText(body['key'])}\0`).toString('base64')
    const keys = within(body['key'], body['range_end'] ?? one)
    const limit = Number(body['limit'])
    return {
      kvs: keys.slice(0, limit).map((key) => ({ key: Buffer.from(key, 'latin1').toString('base64') })),
      ...(keys.length > limit && { more: true }),
      count: String(keys.length),
    }
  }
  const compare: readonly Record<string, unknown>[] = Array.isArray(body['compare']) ? body['compare'] : []
  const [first] = compare
  const keys = within(first?.['key'], first?.['range_end'])
  // as etcd does: a comparison of values fails where there are none
  const succeeded =
    keys.length > 0 &&
    compare.every(({ result, value }) =>
      keys.every((key) => {
        const own = values.get(key) ?? ''
        return result === 'GREATER' ? own > plainText(value) : own < plainText(value)
      }),
    )
  const count = keys.length === 0 ? {} : { count: String(keys.length) }
  return { ...(succeeded && { succeeded }), responses: [{ response_range: count }] }
}

interface Options {
  /** The files of each host. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The names of objects, below `/registry/`. */
  readonly objects?: readonly string[]
  /** Where the API servers keep objects. */
  readonly registry?: string
  /** What the API server says instead of reading or writing an object, after `read` or `write` and a tab. */
  readonly refuses?: Readonly<Record<string, string>>
  /** When the file of a host was changed, in seconds; its API server was started at 1000. */
  readonly changed?: Readonly<Record<string, number>>
  /** Whether API servers read a file again that was changed. */
  readonly reloads?: boolean
  readonly nodes?: string
  readonly kubelet?: string
  /** What kubeadm-config has, as JSON. */
  readonly kubeadmConfig?: string
}

/** A cluster on scripted hosts. */
export const encryptionCluster = ({
  files = {},
  objects = ['secrets/default/a', 'secrets/kube-system/b'],
  registry = '/registry',
  refuses = {},
  changed = {},
  reloads = false,
  nodes = names.map((name) => nodeRow(name)).join(''),
  kubelet = 'active',
  kubeadmConfig = '',
}: Options = {}) => {
  const connections = new Map<string, ScriptedConnection>()
  /** What the API server of a host has read. */
  const loaded = new Map<string, Config | undefined>()
  const values = new Map<string, string>()
  /** Objects that are never encrypted. */
  const others = [[`${registry}/namespaces/kube-system`, 'k8s\0']] as const
  /** The command at which the run is cut off, and how many there were. */
  const cut: { at: number | undefined; count: number } = { at: undefined, count: 0 }
  const unreadable: string[] = []
  /** Hosts that cannot be reached. */
  const away = new Set<string>()
  const log: string[] = []
  const refused: Record<string, string> = { ...refuses }

  const fileOn = (name: string, path: string): string | undefined =>
    textOf(connections.get(name)?.files.get(path))

  const load = (name: string): void => {
    const path = /--encryption-provider-config=(\S+)/.exec(fileOn(name, manifestPath) ?? '')?.[1]
    const text = path === undefined ? undefined : fileOn(name, path)
    if (path !== undefined && text === undefined) throw new Error(`the API server of ${name} has no ${path}`)
    loaded.set(name, text === undefined ? undefined : configIn(text, { path: 'the file', host: name }))
  }

  const providersOf = (name: string, key: string) =>
    loaded
      .get(name)
      ?.find(({ resources }) => resources.includes(key.slice(registry.length).split('/')[1] ?? ''))?.providers

  /** The API server of a host writes an object. */
  const write = (name: string, key: string): void => {
    const [first] = providersOf(name, key) ?? []
    const [own] = first?.keys ?? []
    const prefix =
      first === undefined || first.type === 'identity' || own === undefined
        ? 'k8s\0'
        : valuePrefix(first.type, own.name)
    values.set(key, `${prefix}the rest`)
    judge()
  }

  const canRead = (name: string, key: string, value: string): boolean => {
    const all = providersOf(name, key)
    if (all === undefined) return !value.startsWith('k8s:enc:')
    return all.some(({ type, keys }) =>
      type === 'identity'
        ? !value.startsWith('k8s:enc:')
        : keys.some(({ name: own }) => value.startsWith(valuePrefix(type, own))),
    )
  }

  const judge = (): void => {
    for (const name of names)
      for (const [key, value] of values)
        if (!canRead(name, key, value)) unreadable.push(`${name} cannot read ${key}: ${value}`)
  }

  const patternsOf = (name: string): (readonly [RegExp, Reply])[] => [
    [
      sentPattern('tasks/kubernetes/etcd/ask-members.sh'),
      ({ script }) => {
        const [, , , path = '', body = '', , url = ''] = words(script)
        return `${url}\t200\t${JSON.stringify(etcdAnswer(new Map([...others, ...values]), path, JSON.parse(body)))}\n`
      },
    ],
    [/^kubectl .* get nodes -o /, nodes],
    [/^kubectl .* get configmap kubeadm-config -o json/, kubeadmConfig],
    [/^systemctl is-active kubelet$/, `${kubelet}\n`],
    [/^date \+%s$/, '1796083200\n'],
    [/^stat -L -c %Z /, `${changed[name] ?? 999}\n`],
    [
      /^kubectl .* get pods -l component=kube-apiserver /,
      names.map((one) => `${one}\t1970-01-01T00:16:40Z\n`).join(''),
    ],
    [
      /^kubectl .* get \w+ --all-namespaces /,
      ({ script }) => {
        const resource = / get (\w+) /.exec(script)?.[1] ?? ''
        const key = [...values].find(
          ([one, value]) => one.startsWith(`${registry}/${resource}/`) && !canRead(name, one, value),
        )?.[0]
        return key === undefined
          ? ''
          : {
              code: 1,
              stderr: `Error from server (InternalError): Internal error occurred: unable to transform key "${key}": no matching prefix found`,
            }
      },
    ],
    [/^curl .*readyz/, 'ok'],
    [
      sentPattern('tasks/kubernetes/kubeadm/restart-static-pod.sh'),
      ({ script }) => {
        log.push(`${name}: restart ${words(script)[2] ?? ''}`)
        load(name)
        judge()
        return ''
      },
    ],
    [
      sentPattern('tasks/kubernetes/encryption/rewrite-many.sh'),
      ({ stdin }) => {
        const { items }: { items: { kind: string; metadata: { namespace: string; name: string } }[] } =
          JSON.parse(stdin ?? '')
        log.push(`${name}: rewrite ${items.length}`)
        cluster.atRewrite()
        return items
          .map(({ kind, metadata: { namespace, name: own } }) => {
            const resource = `${kind.toLowerCase()}s`
            if (refused[`/api/v1/namespaces/${namespace}/${resource}/${own}`] !== undefined) return ''
            write(name, `${registry}/${resource}/${namespace}/${own}`)
            return `${namespace}/${own}\n`
          })
          .join('')
      },
    ],
    [
      sentPattern('tasks/kubernetes/encryption/rewrite-one-by-one.sh'),
      ({ stdin }) => {
        const paths = (stdin ?? '').split('\n').filter(Boolean)
        log.push(`${name}: rewrite ${paths.length} one by one`)
        cluster.atRewrite()
        return paths
          .map((path) => {
            const [, namespace = '', resource = '', own = ''] =
              /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? []
            const why = refused[path]
            if (why !== undefined) return `${path}\t${why}\n`
            write(name, `${registry}/${resource}/${namespace}/${own}`)
            return ''
          })
          .join('')
      },
    ],
  ]

  for (const name of names)
    connections.set(
      name,
      scripted({
        files: { [manifestPath]: manifestOf(file), [file]: oldConfig, ...files[name] },
        replies: patternsOf(name),
      }),
    )
  for (const name of names) load(name)
  for (const key of objects) write('m1', `${registry}/${key}`)

  /** The connection of a host, which is cut off where it is said, and whose API server might read its file again at once. */
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
      if (reloads && loaded.get(name) !== undefined) load(name)
      judge()
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

  const cluster = {
    connections,
    values,
    unreadable,
    log,
    refused,
    cut,
    away,
    execute,
    fileOn,
    write,
    load,
    /** The API server of a host ends, and is started again. */
    crash: (name: string): void => {
      load(name)
      judge()
    },
    /** What happens at each request to write objects again. */
    atRewrite: () => {},
  }
  return cluster
}
