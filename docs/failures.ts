/** Makes docs/failures.md from the tables of failures: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { failuresOfEtcd } from './failures-of-etcd.ts'
import { failuresOfKubeadm } from './failures-of-kubeadm.ts'

/** What the playbooks do about a failure. */
export type Answer = 'prevented' | 'healed' | 'refused' | 'reported' | 'not covered'

/** A way in which control planes of kubeadm fail, and what the playbooks do about it. */
export interface Failure {
  /** What goes wrong, as an administrator meets it. */
  readonly what: string
  /** Where it was reported: `kubeadm#2095`, or the address of a page. */
  readonly reported: readonly string[]
  readonly answer: Answer
  /** What is done, in which task or playbook. */
  readonly how: string
  /** Tests that show it: the file, and the beginning of the title of a test. */
  readonly tests: readonly (readonly [file: string, title: string])[]
}

export const failures: readonly Failure[] = [...failuresOfEtcd, ...failuresOfKubeadm]

const projects: Readonly<Record<string, string>> = {
  kubeadm: 'kubernetes/kubeadm',
  kubernetes: 'kubernetes/kubernetes',
  website: 'kubernetes/website',
  etcd: 'etcd-io/etcd',
  containerd: 'containerd/containerd',
  flannel: 'flannel-io/flannel',
  kubespray: 'kubernetes-sigs/kubespray',
  wksctl: 'weaveworks/wksctl',
  'kube-vip': 'kube-vip/kube-vip',
  sealos: 'labring/sealos',
}

/** A link to an issue or a page. */
const linkOf = (reported: string): string => {
  const [project = '', number] = reported.split('#')
  const repository = projects[project]
  if (repository !== undefined && number !== undefined)
    return `[${reported}](https://github.com/${repository}/issues/${number})`
  return `[${new URL(reported).host}](${reported})`
}

const row = ({ what, reported, answer, how, tests }: Failure, index: number): string =>
  `| ${[
    String(index + 1),
    `${what} (${reported.map(linkOf).join(', ')})`,
    answer,
    how,
    tests.map(([file, title]) => `[${title.replaceAll(/\$\{.*?\}/g, '…')}](../${file})`).join('; '),
  ].join(' | ')} |`

/** The page. */
export const failuresPage = (): string => `# Failures of control planes

Made from \`docs/failures-of-etcd.ts\` and \`docs/failures-of-kubeadm.ts\` by \`npm run docs\`; change it there.

Ways in which control planes of kubeadm have failed elsewhere, and what these playbooks do about each:

- **prevented**: it does not happen.
- **healed**: the next run of the same command repairs it, or the playbook that is named.
- **refused**: nothing is done, and the error says why and what to do.
- **reported**: \`playbooks/status.ts\` or \`playbooks/preflight.ts\` names it, with what to do.
- **not covered**: nothing is done about it.

Tests of \`test/e2e/\` run on clusters of the lab, those of \`test/tasks/\` with the answers of a scripted host.

| | failure | | how | tests |
|---|---|---|---|---|
${failures.map(row).join('\n')}
`

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await writeFile(join(import.meta.dirname, 'failures.md'), failuresPage())
