import { defineTask, drift, driftUnlessEmpty, portNumber, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { jsonReader } from '../shared/json-reader.ts'
import { eventually } from '../shared/eventually.ts'
import { kubectl, ownServer } from './kubeadm/kubectl.ts'
import { adminConf, newAuthority } from './kubeadm/paths.ts'
import { certificatesIn } from './rotation/bundle.ts'
import type { Pair } from './rotation/bundle.ts'
import { requireNewAlone } from './rotation/require.ts'
import { authoritiesSchema, rotationsOf } from './rotation/rotation.ts'
import type { Authority } from './rotation/rotation.ts'

const name = 'extension-apiserver-authentication'
const schema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
})

/** The fields with what aggregated API servers trust; that of etcd is not among them. */
const fields: Readonly<Partial<Record<Authority, string>>> = {
  cluster: 'client-ca-file',
  'front-proxy': 'requestheader-client-ca-file',
}

/** A field that has a former authority, and its text without it. */
interface Edit {
  readonly field: string
  readonly text: string
}

const has = (text: string, { fingerprint256 }: Pair['next']): boolean =>
  certificatesIn(text).some((one) => one.fingerprint256 === fingerprint256)

const published = async (ctx: CheckContext, server: string): Promise<z.output<typeof schema> | undefined> => {
  const words = ['-n', 'kube-system', 'get', 'configmap', name, '--ignore-not-found', '-o', 'json']
  const text = await kubectl(ctx, words, server).text()
  if (text.trim() === '') return undefined
  return jsonReader(text, {
    name: 'the answer',
    of: `kubectl get configmap ${name}`,
    code: 'task-failed',
  })(schema)
}

/** What is to be edited, of which text, and which new authorities are not published yet. */
const read = async (
  ctx: CheckContext,
  server: string,
  authorities: readonly Authority[],
): Promise<{ readonly version: string; readonly edits: Edit[]; readonly missing: string[] }> => {
  const rotations = (await rotationsOf(ctx, authorities)).filter(({ authority }) => fields[authority])
  const found = rotations.length === 0 ? undefined : await published(ctx, server)
  const all = rotations.flatMap(({ authority, former, next }) => {
    const field = fields[authority] ?? ''
    const text = found?.data[field]
    return text === undefined || !has(text, former) ? [] : [{ field, text, former, next }]
  })
  return {
    version: found?.metadata.resourceVersion ?? '',
    edits: all.map(({ field, text, former }) => ({
      field,
      text: certificatesIn(text)
        .filter(({ fingerprint256 }) => fingerprint256 !== former.fingerprint256)
        .map(String)
        .join(''),
    })),
    missing: all.flatMap(({ field, text, next }) =>
      has(text, next) ? [] : [`${field} of the ConfigMap ${name} does not have the new authority yet`],
    ),
  }
}

const changeOf = (field: string): Change => ({
  what: `${field} in the ConfigMap ${name}`,
  from: 'both authorities',
  to: 'the new authority',
})

/** How often an edit is tried while API servers write the same ConfigMap. */
const attempts = 5

const remove = async (ctx: ApplyContext, server: string, authorities: readonly Authority[]) => {
  for (let attempt = 1; ; attempt += 1) {
    const { version, edits } = await read(ctx, server, authorities)
    if (edits.length === 0) return
    const data = Object.fromEntries(edits.map(({ field, text }) => [field, text]))
    // with the version, what an API server writes in between is not overwritten
    const patch = JSON.stringify({ metadata: { resourceVersion: version }, data })
    const words = ['-n', 'kube-system', 'patch', 'configmap', name, '--type=merge', '-p', patch]
    const command = ctx.remote.run({
      timeout: 40,
    })`kubectl --kubeconfig ${adminConf} --request-timeout=15s --server ${server} ${words}`
    const { ok, stderr } = await command.result()
    if (ok) return
    if (attempt < attempts && /object has been modified/.test(stderr)) continue
    await command
  }
}

/**
 * Lets aggregated API servers trust the new authorities alone.
 *
 * API servers add to that ConfigMap what they trust, and take out only what has expired, so that an administrator takes out the rest
 * (kubernetes issue 82429; cluster_authentication_trust_controller.go): once all API servers trust the new authority alone, none of them adds
 * the former one again.
 */
export const extensionAuthorities = defineTask({
  name: 'extension-authorities',
  description:
    'Takes replaced authorities out of the ConfigMap extension-apiserver-authentication, which aggregated API servers read, once all control-plane nodes trust the new ones alone.',
  reads:
    'the replacements in /etc/coxswain/rotate-ca of all control-plane nodes, and that ConfigMap in kube-system',
  example: { authorities: ['cluster'], masters: ['m1'], address: '10.0.0.11' },
  params: () =>
    z.object({
      authorities: authoritiesSchema(),
      masters: z.array(z.string()).min(1).describe('the names of all control-plane nodes'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: () => 'aggregated API servers trust the new authorities alone',

  async check(ctx, { authorities, masters, address, port }) {
    const predicted = authorities.flatMap((one) => {
      const field = fields[one]
      return field !== undefined && ctx.predicted(newAuthority(one)) ? [field] : []
    })
    if (predicted.length > 0) return drift(...predicted.map(changeOf))
    const { edits } = await read(ctx, ownServer(address, port), authorities)
    if (edits.length > 0) await requireNewAlone(ctx, authorities, masters)
    return driftUnlessEmpty(edits.map(({ field }) => changeOf(field)))
  },

  async apply(ctx, { authorities, address, port }) {
    const server = ownServer(address, port)
    const isPublished = async (): Promise<string[]> => (await read(ctx, server, authorities)).missing
    await eventually(ctx, isPublished, {
      seconds: 120,
      hint: 'check the API servers: /var/log/pods/kube-system_kube-apiserver-*',
    })
    await remove(ctx, server, authorities)
  },
})
