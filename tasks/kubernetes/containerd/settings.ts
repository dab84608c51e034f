/** The settings of containerd that a node of Kubernetes needs, in the versions 2 and 3 of its configuration. Pure. */
import { CoxswainError } from '../../../engine/index.ts'
import { hasTables, tomlValue, withTomlValue } from './toml.ts'
import type { TomlValue } from './toml.ts'

/** What containerd needs for a kubelet. */
export interface ContainerdSettings {
  /** The image of the container that holds a pod's namespaces. */
  readonly sandboxImage: string
  /** Which cgroups containers are in, as for the kubelet. */
  readonly cgroupDriver: 'systemd' | 'cgroupfs'
  /** The folder of the CNI plugins. */
  readonly cniFolder: string
}

/** A setting that containerd has another value for. */
export interface WrongSetting {
  readonly name: 'sandbox image' | 'SystemdCgroup' | 'CNI plugins' | 'disabled_plugins'
  readonly from: string
  readonly to: string
}

type FileVersion = 2 | 3

const cri = ['plugins', 'io.containerd.grpc.v1.cri'] as const
const images = ['plugins', 'io.containerd.cri.v1.images'] as const
const runtime = ['plugins', 'io.containerd.cri.v1.runtime'] as const

/** Where each version of the configuration has a setting: its table, and its key. */
const places = {
  2: { sandbox: [...cri], sandboxKey: 'sandbox_image', base: [...cri] },
  3: { sandbox: [...images, 'pinned_images'], sandboxKey: 'sandbox', base: [...runtime] },
} as const

const runcOf = (version: FileVersion): readonly string[] => [
  ...places[version].base,
  'containerd',
  'runtimes',
  'runc',
]
const optionsOf = (version: FileVersion): readonly string[] => [...runcOf(version), 'options']
const cniOf = (version: FileVersion): readonly string[] => [...places[version].base, 'cni']

/** The plug-ins without which the kubelet cannot use containerd, by each of their names. */
const criPlugins = new Set([
  'cri',
  'io.containerd.grpc.v1.cri',
  'io.containerd.cri.v1.images',
  'io.containerd.cri.v1.runtime',
])

/** The version of a configuration: 1 if it does not say one. */
const versionOf = (text: string): number => Number(tomlValue(text, [], 'version')?.written ?? 1)

const oneText = (text: string, table: readonly string[], key: string): string =>
  tomlValue(text, table, key)?.texts[0] ?? ''

/** The folders of CNI plugins. Since 2.1 there can be several, and a single one counts where it is set. */
const cniFolders = (dump: string, table: readonly string[]): readonly string[] => {
  const single = oneText(dump, table, 'bin_dir')
  return single === '' ? (tomlValue(dump, table, 'bin_dirs')?.texts ?? []) : [single]
}

/**
 * The settings in which containerd differs.
 *
 * @param dump what `containerd config dump` prints: the configuration as containerd reads it, with its defaults.
 * @param text the file.
 */
export const wrongSettings = (dump: string, text: string, wanted: ContainerdSettings): WrongSetting[] => {
  const disabled = tomlValue(dump, [], 'disabled_plugins')?.texts ?? []
  const off = disabled.filter((name) => criPlugins.has(name))
  // containerd does not print the settings of a plug-in that is turned off
  const read = off.length > 0 ? text : dump
  const version: FileVersion = versionOf(read) >= 3 ? 3 : 2
  const { sandbox, sandboxKey } = places[version]
  const image = oneText(read, sandbox, sandboxKey)
  const systemd = tomlValue(read, optionsOf(version), 'SystemdCgroup')?.written ?? 'false'
  const folders = cniFolders(read, cniOf(version))
  const wantsSystemd = String(wanted.cgroupDriver === 'systemd')
  const wrong: WrongSetting[] = []
  if (image !== wanted.sandboxImage)
    wrong.push({ name: 'sandbox image', from: image, to: wanted.sandboxImage })
  if (systemd !== wantsSystemd) wrong.push({ name: 'SystemdCgroup', from: systemd, to: wantsSystemd })
  if (!folders.includes(wanted.cniFolder))
    wrong.push({ name: 'CNI plugins', from: folders.join(', '), to: wanted.cniFolder })
  if (off.length > 0)
    wrong.push({
      name: 'disabled_plugins',
      from: disabled.join(', '),
      to: disabled.filter((name) => !criPlugins.has(name)).join(', '),
    })
  return wrong
}

/** The version of the file that is written: its own, or the newest that this containerd reads. */
const fileVersion = (text: string, path: string, major: number): FileVersion => {
  const version = versionOf(text)
  if (version >= 3) return 3
  if (version === 2) return 2
  if (!hasTables(text)) return major >= 2 ? 3 : 2
  throw new CoxswainError('task-failed', `${path} has a configuration of version 1, which is not edited`, {
    hint: `print it in the version of the installed containerd: containerd config migrate; or remove ${path}, if nothing in it is needed`,
  })
}

/** A configuration, and what is wrong in it. */
interface Configuration {
  /** The file; empty without one. */
  readonly text: string
  /** The configuration as containerd reads it. */
  readonly dump: string
  /** The major version of containerd. */
  readonly major: number
  readonly wrong: readonly WrongSetting[]
}

/**
 * The text of the configuration with the settings.
 *
 * @throws `task-failed` for a configuration of version 1.
 */
export const withSettings = (
  { text, dump, major, wrong }: Configuration,
  { path, wanted }: { readonly path: string; readonly wanted: ContainerdSettings },
): string => {
  const version = fileVersion(text, path, major)
  const { sandbox, sandboxKey } = places[version]
  const lists = version === 3 && tomlValue(dump, cniOf(3), 'bin_dirs') !== undefined
  const edits: Record<WrongSetting['name'], readonly (readonly [readonly string[], string, TomlValue])[]> = {
    'sandbox image': [[sandbox, sandboxKey, wanted.sandboxImage]],
    SystemdCgroup: [
      // a table of a runtime in the file replaces that of containerd's defaults
      ...(tomlValue(text, runcOf(version), 'runtime_type') === undefined
        ? [[runcOf(version), 'runtime_type', 'io.containerd.runc.v2'] as const]
        : []),
      [optionsOf(version), 'SystemdCgroup', wanted.cgroupDriver === 'systemd'],
    ],
    'CNI plugins': lists
      ? [
          ...(tomlValue(text, cniOf(3), 'bin_dir') === undefined ? [] : [[cniOf(3), 'bin_dir', ''] as const]),
          [cniOf(3), 'bin_dirs', [wanted.cniFolder]],
        ]
      : [[cniOf(version), 'bin_dir', wanted.cniFolder]],
    disabled_plugins: [
      [
        [],
        'disabled_plugins',
        (wrong.find(({ name }) => name === 'disabled_plugins')?.to ?? '')
          .split(', ')
          .filter((name) => name !== ''),
      ],
    ],
  }
  const versioned =
    tomlValue(text, [], 'version') === undefined ? withTomlValue(text, [], 'version', version) : text
  return wrong
    .flatMap(({ name }) => edits[name])
    .reduce((next, [table, key, value]) => withTomlValue(next, table, key, value), versioned)
}
