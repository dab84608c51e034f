import { posix } from 'node:path'
import { defineTask, driftUnlessEmpty } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { withNodeIp } from './config/node-ip.ts'
import { renderConfig } from './config/render.ts'
import { refuseUnaccepted } from './kubeadm/judge-config.ts'
import { kubeadmConfigPath } from './kubeadm/paths.ts'
import { hostConfigSchema } from './kubeadm/settings.ts'
import { configFits } from './config/refused.ts'

/** Writes the kubeadm configuration of a control-plane node. */
export const writeConfig = defineTask({
  name: 'write-config',
  description:
    'Writes the kubeadm configuration of a control-plane node, in the format of its Kubernetes version.',
  reads:
    'the file, whether kubeadm of the same minor release accepts a configuration that is to be written, and, where no node-ip is given, the arguments of the kubelet, or the addresses of a host that is not a node yet',
  example: {
    cluster: { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: '10.0.0.10:6443' },
    self: { name: 'm1', address: '10.0.0.11' },
    members: [{ name: 'm1', address: '10.0.0.11' }],
  },
  params: () =>
    hostConfigSchema
      .extend({
        dest: remoteFile().default(kubeadmConfigPath).describe('the path of the file on the host'),
      })
      .superRefine(configFits),
  title: ({ dest }) => `kubeadm configuration ${dest}`,
  writes: ({ dest }) => [{ path: posix.dirname(dest), as: 'folder' }],

  async check(ctx, { dest, ...config }) {
    const { remote } = ctx
    const [text, stat] = await Promise.all([remote.read(dest), remote.stat(dest, { follow: true })])
    const full = await withNodeIp(ctx, config)
    const wanted = renderConfig(full)
    // what is there has been accepted
    if (text !== wanted) await refuseUnaccepted(ctx, full)
    return driftUnlessEmpty([
      ...(text === wanted ? [] : [{ what: dest, from: text, to: wanted }]),
      ...(stat === undefined || stat.mode === '0600'
        ? []
        : [{ what: `mode of ${dest}`, from: stat.mode, to: '0600' }]),
    ])
  },

  async apply(ctx, { dest, ...config }) {
    const { remote } = ctx
    const text = renderConfig(await withNodeIp(ctx, config))
    await remote.makeDirectory(dest.slice(0, dest.lastIndexOf('/')) || '/')
    await remote.write(dest, text, { mode: '0600', owner: 'root', group: 'root' })
  },
})
