import { readFile } from 'node:fs/promises'
import { CoxswainError, defineTask, drift, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { adminConf } from './paths.ts'

/** Pod networks that are known by name, at a pinned version, with the one place where the pod CIDR goes. */
const known = {
  flannel: {
    version: 'v0.28.9',
    url: (version: string) =>
      `https://github.com/flannel-io/flannel/releases/download/${version}/kube-flannel.yml`,
    withCidr: (text: string, cidr: string) => text.replace(/("Network":\s*")[^"]+(")/, `$1${cidr}$2`),
  },
  calico: {
    version: 'v3.31.7',
    url: (version: string) =>
      `https://raw.githubusercontent.com/projectcalico/calico/${version}/manifests/calico.yaml`,
    // the variable is there, commented out, with the default as its value
    withCidr: (text: string, cidr: string) =>
      text.replace(
        /# - name: CALICO_IPV4POOL_CIDR\n(\s*)#\s+value: "[^"]*"/,
        `- name: CALICO_IPV4POOL_CIDR\n$1  value: "${cidr}"`,
      ),
  },
} as const

const download = async (url: string): Promise<string> => {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new CoxswainError('task-failed', `cannot get ${url}`, {
      cause,
      hint: 'download it and give its path as manifest',
    })
  })
  if (response.ok) return response.text()
  throw new CoxswainError('task-failed', `${url} answers ${response.status}`, {
    hint: 'download it and give its path as manifest',
  })
}

/** The manifest with the pod CIDR put in; a file of one's own may say `{{podCidr}}` where it goes. */
const manifestText = async (
  manifest: string,
  podCidr: string,
  version: string | undefined,
): Promise<string> => {
  if (manifest === 'flannel' || manifest === 'calico') {
    const { version: pinned, url, withCidr } = known[manifest]
    return withCidr(await download(url(version ?? pinned)), podCidr)
  }
  try {
    return (await readFile(manifest, 'utf8')).replaceAll('{{podCidr}}', podCidr)
  } catch (cause) {
    throw new CoxswainError('task-failed', `cannot read the manifest ${manifest}`, {
      cause,
      hint: 'give the path of a file here, or flannel or calico; for cilium, render its chart: helm template',
    })
  }
}

const daemonSets = (text: string): { name: string; namespace: string }[] =>
  text.split(/^---\s*$/m).flatMap((document) => {
    if (!/^kind: DaemonSet\s*$/m.test(document)) return []
    const [, name = ''] = /^metadata:\n(?:\s+.*\n)*?\s+name: (\S+)/m.exec(document) ?? []
    const [, namespace = 'default'] = /^metadata:\n(?:\s+.*\n)*?\s+namespace: (\S+)/m.exec(document) ?? []
    return [{ name, namespace }]
  })

/** Whether the cluster has just what the manifest says: kubectl ends with 1 where it finds a difference. */
const differs = async ({ remote }: CheckContext, text: string): Promise<boolean> => {
  if (!(await remote.exists(adminConf))) return true
  const result = await remote.query({
    stdin: text,
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} diff -f - >/dev/null`.result()
  if (result.code === 0 || result.code === 1) return result.code === 1
  // a kind or a namespace that the manifest itself brings is not known before it is applied
  if (/NotFound|no matches for kind|not found/.test(result.stderr)) return true
  throw new CoxswainError('command-failed', `kubectl diff ended with ${result.code}`, {
    output: result.stderr.trim(),
  })
}

/** Apply the manifest of a pod network and wait until its DaemonSets run everywhere. */
export const applyCni = defineTask({
  name: 'apply-cni',
  description:
    'Applies a pod network from a manifest, with the pod CIDR put in, and waits for its DaemonSets.',
  params: z.object({
    manifest: z.string().describe('a path here, or flannel or calico'),
    podCidr: z.string().default('10.244.0.0/16').describe('the network of the pods'),
    version: z.string().optional().describe('of flannel or calico, instead of the pinned one'),
    timeout: z.coerce.number().default(300).describe('seconds to wait for the DaemonSets'),
  }),
  title: ({ manifest }) => `pod network ${manifest.split('/').at(-1) ?? manifest}`,

  async check(ctx, { manifest, podCidr, version }) {
    const text = await manifestText(manifest, podCidr, version)
    return (await differs(ctx, text)) ? drift({ what: `pod network ${manifest}`, to: 'applied' }) : ok()
  },

  async apply({ remote }, { manifest, podCidr, version, timeout }) {
    const text = await manifestText(manifest, podCidr, version)
    await remote.run({ stdin: text, timeout: 120 })`kubectl --kubeconfig ${adminConf} apply -f -`
    for (const { name, namespace } of daemonSets(text)) {
      await remote.run({
        timeout: timeout + 30,
      })`kubectl --kubeconfig ${adminConf} -n ${namespace} rollout status daemonset/${name} --timeout=${`${timeout}s`}`
    }
  },
})
