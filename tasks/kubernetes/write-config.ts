import { posix } from 'node:path'
import { defineTask, driftUnlessEmpty } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { renderConfig } from './config/render.ts'
import { kubeadmConfigPath } from './kubeadm/paths.ts'
import { hostConfigSchema, networksFit } from './kubeadm/settings.ts'

/** Writes the kubeadm configuration of a control-plane node. */
export const writeConfig = defineTask({
  name: 'write-config',
  description:
    'Writes the kubeadm configuration of a control-plane node, in the format of its Kubernetes version.',
  reads: 'the file',
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
      .superRefine(networksFit),
  title: ({ dest }) => `kubeadm configuration ${dest}`,
  writes: ({ dest }) => [{ path: posix.dirname(dest), as: 'folder' }],

  async check({ remote }, { dest, ...config }) {
    const [text, stat] = await Promise.all([remote.read(dest), remote.stat(dest, { follow: true })])
    const wanted = renderConfig(config)
    return driftUnlessEmpty([
      ...(text === wanted ? [] : [{ what: dest, from: text, to: wanted }]),
      ...(stat === undefined || stat.mode === '0600'
        ? []
        : [{ what: `mode of ${dest}`, from: stat.mode, to: '0600' }]),
    ])
  },

  async apply({ remote }, { dest, ...config }) {
    await remote.makeDirectory(dest.slice(0, dest.lastIndexOf('/')) || '/')
    await remote.write(dest, renderConfig(config), { mode: '0600', owner: 'root', group: 'root' })
  },
})
