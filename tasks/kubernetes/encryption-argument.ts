import { CoxswainError, defineTask, drift, ok, portNumber, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { jsonReader } from '../shared/json-reader.ts'
import { argumentIn, withArgumentIn } from './encryption/cluster-argument.ts'
import { encryptionFlag } from './encryption/record.ts'
import { kubectl, ownServer } from './kubeadm/kubectl.ts'
import { adminConf } from './kubeadm/paths.ts'

const configMapSchema = z.looseObject({
  data: z.looseObject({ ClusterConfiguration: z.string() }),
})

/** The ConfigMap as it is, with its resourceVersion. */
const kept = async (ctx: CheckContext, server: string): Promise<z.output<typeof configMapSchema>> => {
  const words = ['-n', 'kube-system', 'get', 'configmap', 'kubeadm-config', '-o', 'json']
  return jsonReader(await kubectl(ctx, words, server).text(), {
    name: 'the answer',
    of: 'kubectl get configmap kubeadm-config',
    code: 'task-failed',
  })(configMapSchema)
}

/** Lets a cluster keep the argument for encryption at rest. */
export const encryptionArgument = defineTask({
  name: 'encryption-argument',
  description:
    'Puts the argument encryption-provider-config of the API servers into the ConfigMap kubeadm-config, before anything is encrypted: an upgrade and a control-plane node that joins would leave it out otherwise.',
  reads: 'the ConfigMap kubeadm-config',
  example: { file: '/etc/kubernetes/pki/encryption.yaml', address: '10.0.0.11' },
  params: () =>
    z.object({
      file: remotePath().describe('the file that the argument names'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: () => 'the cluster keeps the argument for encryption at rest',

  async check(ctx, { file, address, port }) {
    const { data } = await kept(ctx, ownServer(address, port))
    const there = argumentIn(data.ClusterConfiguration, encryptionFlag)
    if (there === undefined)
      throw new CoxswainError(
        'task-failed',
        'the ConfigMap kubeadm-config does not have a ClusterConfiguration',
        {
          hint: 'check it: kubectl -n kube-system get configmap kubeadm-config -o yaml; then run again',
        },
      )
    return there.value === file
      ? ok()
      : drift({ what: `${encryptionFlag} in kubeadm-config`, from: there.value, to: file })
  },

  async apply(ctx, { file, address, port }) {
    const server = ownServer(address, port)
    const map = await kept(ctx, server)
    const ClusterConfiguration = withArgumentIn(map.data.ClusterConfiguration, encryptionFlag, file)
    // refused by the API server if someone has changed it meanwhile
    await ctx.remote.run({
      stdin: JSON.stringify({ ...map, data: { ...map.data, ClusterConfiguration } }),
      timeout: 40,
    })`kubectl --kubeconfig ${adminConf} --request-timeout=15s --server ${server} replace -f -`
  },
})
