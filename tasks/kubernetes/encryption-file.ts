import { CoxswainError, Secret, defineTask, drift, ok, remotePath, z } from '../../engine/index.ts'
import { configText, providerNames, rewritable } from './encryption/config.ts'
import { newKey } from './encryption/new-key.ts'
import { hasDataOfEtcd } from './etcd/data.ts'
import { manifestText } from './kubeadm/restarts.ts'

/** Makes the file with the first key of encryption at rest, for a cluster that is about to begin. */
export const encryptionFile = defineTask({
  name: 'encryption-file',
  description:
    'Makes the file with a key of encryption at rest, where a host is about to begin a cluster. Where there is an API server, or the file, nothing is changed: rotate-keys replaces keys.',
  reads: 'the file, the manifest of the API server, and whether the host has data of etcd',
  example: { file: '/etc/kubernetes/pki/encryption.yaml' },
  params: () =>
    z.object({
      file: remotePath().describe('the file that the argument encryption-provider-config names'),
      provider: z.enum(providerNames).default('secretbox').describe('the provider of the key'),
      resources: z.array(z.enum(rewritable)).min(1).default(['secrets']).describe('what is encrypted'),
    }),
  title: ({ file }) => `keys of encryption at rest in ${file}`,

  async check(ctx, { file, resources }) {
    const [there, apiServer, hasData] = await Promise.all([
      ctx.remote.exists(file),
      manifestText(ctx, 'kube-apiserver'),
      hasDataOfEtcd(ctx),
    ])
    if (there || apiServer !== undefined) return ok()
    if (hasData)
      throw new CoxswainError(
        'task-failed',
        `${file} does not exist on ${ctx.host.name}, but etcd has data there, which it may have encrypted`,
        { hint: `copy ${file} from another control-plane node or from a backup, and run again` },
      )
    return drift({ what: file, to: `a new key for ${resources.join(', ')}` })
  },

  async apply(ctx, { file, provider, resources }) {
    const key = await newKey(ctx)
    const folder = file.replace(/\/[^/]*$/, '')
    if (!(await ctx.remote.exists(folder))) await ctx.remote.makeDirectory(folder, { mode: '0755' })
    const providers = [
      { type: provider, keys: [key] },
      { type: 'identity', keys: [] },
    ] as const
    await ctx.remote.write(file, new Secret(configText([{ resources, providers }])), {
      mode: '0600',
      owner: 'root',
      group: 'root',
    })
  },
})
