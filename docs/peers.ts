/**
 * Makes the table of the README that compares what these playbooks and other tools do for control planes of Kubernetes: `npm run
 * docs`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { capabilities } from './peer-capabilities.ts'

/** The tools that are compared, in the order of the columns. */
export const peers = [
  { key: 'kubespray', name: 'Kubespray', page: 'https://kubespray.io/' },
  { key: 'kubeone', name: 'KubeOne', page: 'https://docs.kubermatic.com/kubeone/' },
  { key: 'k0sctl', name: 'k0sctl', page: 'https://docs.k0sproject.io/stable/k0sctl-install/' },
  { key: 'kcp', name: 'Cluster API, kubeadm', page: 'https://cluster-api.sigs.k8s.io/' },
  { key: 'talos', name: 'Talos', page: 'https://docs.siderolabs.com/talos/' },
] as const

/** A tool that is compared. */
export type Peer = (typeof peers)[number]['key']

/** Something that users of a control plane need: who does it, and how. */
export interface Capability {
  readonly what: string
  /** What these playbooks do: begins with `yes`, `partly` or `no`. */
  readonly ours: string
  /** Tests that show it: the file, and the beginning of the title of a test. */
  readonly tests: readonly (readonly [file: string, title: string])[]
  /** The same for the others; `not found` where their documentation does not mention it. */
  readonly theirs: Readonly<Record<Peer, string>>
  /** The tools that do it better than these playbooks. */
  readonly better: readonly Peer[]
}

const testLinks = (tests: Capability['tests'], folder: string): string =>
  tests.length === 0 ? '–' : tests.map(([file], index) => `[${index + 1}](${folder}${file})`).join(', ')

const row = ({ what, ours, tests, theirs, better }: Capability, folder: string): string =>
  `| ${[
    what,
    ours,
    testLinks(tests, folder),
    ...peers.map(({ key }) => (better.includes(key) ? `**${theirs[key]}**` : theirs[key])),
  ].join(' | ')} |`

/** The table; `folder` is the path from its page to the root of the repository. */
export const peersTable = (folder: string): string =>
  [
    `| | Coxswain | tests | ${peers.map(({ name, page }) => `[${name}](${page})`).join(' | ')} |`,
    `|${'---|'.repeat(peers.length + 3)}`,
    ...capabilities.map((one) => row(one, folder)),
  ].join('\n')

const [begin, end] = ['<!-- peers: made by npm run docs -->', '<!-- end of peers -->']

/** A text with the table between its marks. */
export const withPeersTable = (text: string): string => {
  const [before, rest = ''] = text.split(begin)
  const [, after = ''] = rest.split(end)
  return `${before}${begin}\n\n${peersTable('')}\n\n${end}${after}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const readme = join(import.meta.dirname, '..', 'README.md')
  await writeFile(readme, withPeersTable(await readFile(readme, 'utf8')))
}
