/** `npm run demo`: from nothing to a running cluster on this machine: hosts, three control-plane nodes, and a check. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { isCached, labReleases } from './bundles.ts'
import { goMinor, versionOf } from './go.ts'
import { up } from './lab.ts'
import { officialRelease } from '../tasks/kubernetes/bundle/release-files.ts'
import { canReachOfficial } from './release.ts'
import { LabError, say, step } from './say.ts'
import { choiceLines, chooseSource, debianRelease } from './source.ts'
import type { Source } from './source.ts'
import type { Lab } from './types.ts'

const inventory = join('inventory', 'lab.yaml')

interface DemoOptions {
  readonly kubernetes?: string
  readonly releaseFrom?: string
  readonly fresh: boolean
}

const run = async (words: readonly string[]): Promise<void> => {
  say(`\n$ npx run ${words.join(' ')}`)
  const child = spawn(process.execPath, ['bin/run.js', ...words], { stdio: 'inherit' })
  const [status] = await once(child, 'exit')
  if (status !== 0)
    throw new LabError(`run ended with ${status}`, 'see above; npm run lab -- status lists the hosts')
}

/** Chooses where Kubernetes comes from, and says so. */
const choose = async ({ kubernetes, releaseFrom }: DemoOptions): Promise<Source> => {
  const newest = labReleases.at(-1) ?? debianRelease
  const cached = await Promise.all(
    labReleases.map(async (release) => ((await isCached(release)) ? [release] : [])),
  )
  const choice = chooseSource({
    asked: kubernetes?.replace(/^v/, ''),
    releaseFrom,
    releases: labReleases,
    debian: debianRelease,
    cached: cached.flat(),
    official: await canReachOfficial(await versionOf(newest)),
    go: await goMinor(),
    cores: availableParallelism(),
  })
  for (const line of choiceLines(choice)) say(line)
  return choice.source
}

const showCluster = async (lab: Lab): Promise<void> => {
  say('\nlab: the state of the cluster, on m2:')
  const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'
  const pki = '/etc/kubernetes/pki/etcd'
  const etcdctl = `etcdctl --cacert=${pki}/ca.crt --cert=${pki}/server.crt --key=${pki}/server.key member list`
  for (const [title, command] of [
    ['kubectl get nodes', `${kubectl} get nodes`],
    ['etcdctl member list', `${kubectl} -n kube-system exec etcd-m2 -- ${etcdctl}`],
  ] as const) {
    const { stdout, stderr } = await lab.exec('m2', command)
    say(`$ ${title}\n${stdout}${stderr}`)
  }
}

const demo = async (options: DemoOptions): Promise<void> => {
  const began = performance.now()
  const { kind, release } = await choose(options)
  const lab = await up({
    name: 'coxswain',
    masters: 3,
    plain: 0,
    inventory,
    fresh: options.fresh,
    kubernetes: release,
    releaseFrom: kind === 'release' ? (options.releaseFrom ?? officialRelease) : undefined,
  })
  await step('building the control plane', () => run(['playbooks/ha-masters.ts', '-i', inventory]))
  await step('the same again, which changes nothing', () => run(['playbooks/ha-masters.ts', '-i', inventory]))
  await showCluster(lab)
  say(`lab: finished in ${Math.round((performance.now() - began) / 1000)} s`)
  say('lab: log in with `npm run lab -- ssh m1`; remove')
  say(`       npx run playbooks/reset.ts -i ${inventory}     the cluster`)
  say('       npm run lab -- down                            the hosts')
}

try {
  await new Command('demo')
    .description('Builds a highly available cluster on this machine, from nothing.')
    .option('--kubernetes <minor>', `the release: ${labReleases.join(', ')}`)
    .option(
      '--release-from <folder|url>',
      'an official release, with the layout of dl.k8s.io/release and checksums',
    )
    .option('--fresh', 'create new hosts', false)
    .action(demo)
    .parseAsync()
} catch (error) {
  const hint = error instanceof LabError ? `\n  hint: ${error.hint}` : ''
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}${hint}`)
  process.exitCode = 1
}
