/** A containerd of the scripted connection: it prints the configuration that it reads, with its defaults. */
import type { Reply, World } from '../../../engine/testing.ts'
import { tomlValue, withTomlValue } from '../../../tasks/kubernetes/containerd/toml.ts'
import type { TomlValue } from '../../../tasks/kubernetes/containerd/toml.ts'
import { sentPattern } from '../../support/sent.ts'

type Setting = readonly [table: readonly string[], key: string, byDefault: TomlValue]

const cri = ['plugins', 'io.containerd.grpc.v1.cri']
const runtime = ['plugins', 'io.containerd.cri.v1.runtime']
const runc = ['containerd', 'runtimes', 'runc']

/** What each version prints, with its defaults (containerd 1.6.20 and 2.2). */
const settings: Readonly<Record<2 | 3, readonly Setting[]>> = {
  2: [
    [cri, 'sandbox_image', 'registry.k8s.io/pause:3.6'],
    [[...cri, 'cni'], 'bin_dir', '/opt/cni/bin'],
    [[...cri, ...runc], 'runtime_type', 'io.containerd.runc.v2'],
    [[...cri, ...runc, 'options'], 'SystemdCgroup', false],
  ],
  3: [
    [['plugins', 'io.containerd.cri.v1.images', 'pinned_images'], 'sandbox', 'registry.k8s.io/pause:3.10'],
    [[...runtime, 'cni'], 'bin_dir', ''],
    [[...runtime, 'cni'], 'bin_dirs', ['/opt/cni/bin']],
    [[...runtime, ...runc], 'runtime_type', 'io.containerd.runc.v2'],
    [[...runtime, ...runc, 'options'], 'SystemdCgroup', false],
  ],
}

const listed = (text: string, key: string): TomlValue => tomlValue(text, [], key)?.texts ?? []

const valueIn = (text: string, [table, key, byDefault]: Setting): TomlValue => {
  const found = tomlValue(text, table, key)
  if (found === undefined) return byDefault
  if (typeof byDefault === 'boolean') return found.written === 'true'
  return typeof byDefault === 'object' ? found.texts : (found.texts[0] ?? '')
}

/** What containerd prints for a file, as pelletier's TOML writes it. */
export const dumped = (text: string, version: 2 | 3): string => {
  const disabled = listed(text, 'disabled_plugins')
  const isOff = version === 2 && typeof disabled === 'object' && disabled.includes('cri')
  return (isOff ? [] : settings[version]).reduce(
    (dump, setting) => withTomlValue(dump, setting[0], setting[1], valueIn(text, setting)),
    `disabled_plugins = [${typeof disabled === 'object' ? disabled.map((one) => JSON.stringify(one)).join(', ') : ''}]\nversion = ${version}\n`,
  )
}

const said = {
  2: 'containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3',
  3: 'containerd github.com/containerd/containerd/v2 v2.2.9 abcdef',
} as const

/** Replies of a host with containerd. */
export const containerd = (
  version: 2 | 3,
  { outdated = false, reads = dumped }: { outdated?: boolean; reads?: typeof dumped } = {},
): NonNullable<World['patterns']> => {
  let isOutdated = outdated
  const dump: Reply = ({ script }, files) => {
    const path = / --config (\S+) /.exec(script)?.[1] ?? ''
    const text = String(files.get(path)?.content ?? '')
    return text.includes('not toml')
      ? { code: 1, stderr: `containerd: failed to load TOML: ${path}` }
      : reads(text, version)
  }
  return [
    [/^containerd --version$/, said[version]],
    [/^containerd config default$/, reads('', version)],
    [/^containerd --config \S+ config dump$/, dump],
    [sentPattern('tasks/kubernetes/kubeadm/service-outdated.sh'), () => ({ code: isOutdated ? 0 : 1 })],
    [/^if \[ -d \/run\/systemd/, 'systemd'],
    [/NeedDaemonReload/, 'no'],
    [
      /^mv -f (\S+) (\S+)$/,
      ({ script }, files) => {
        const [, from = '', to = ''] = /^mv -f (\S+) (\S+)$/.exec(script) ?? []
        const file = files.get(from)
        if (file === undefined) return { code: 1 }
        files.delete(from)
        files.set(to, file)
        return ''
      },
    ],
    [
      /^systemctl restart containerd$/,
      () => {
        isOutdated = false
        return ''
      },
    ],
  ]
}
