/** `npm run lab -- up | down | status | ssh NAME | prepare | bundle`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { containerdVersions, currentHostImage, hostImage, suiteOf, vmImage } from './artifacts.ts'
import type { Containerd } from './artifacts.ts'
import { bundle, bundlePackages, labReleases } from './bundles.ts'
import type { WantedKubernetes } from './bundles.ts'
import { dropBuildCache } from './go.ts'
import { containers } from './hosts.ts'
import { isCurrent } from './inventory.ts'
import { down, up } from './lab.ts'
import { labFamilies } from './network.ts'
import type { LabFamilies } from './network.ts'
import { cacheFolder, podman, prepareMachine, vmPackages } from './machine.ts'
import { LabError, say } from './say.ts'
import { debianRelease } from './source.ts'

const program = new Command('lab').description('Disposable hosts on this machine, to try playbooks on.')
interface BundleOptions extends WantedKubernetes {
  readonly containerd?: Containerd
  readonly vm: boolean
  readonly dropBuildCache: boolean
}

const nameOption = [
  '--name <name>',
  'labs with different names can exist at the same time',
  'coxswain',
] as const

const kubernetesOption = [
  '--kubernetes <minor>',
  `the release: ${labReleases.join(', ')}`,
  debianRelease,
] as const
const releaseOption = [
  '--release-from <folder|url>',
  'an official release, with the layout of dl.k8s.io/release and checksums',
] as const
const stampOption = [
  '--stamp <version>',
  'build this version from the code of the release, to try an upgrade within it',
] as const

const containerdOption = (): Option =>
  new Option(
    '--containerd <version>',
    'of the masters: that of Debian 12, of Debian 13, or the newest',
  ).choices(containerdVersions)
const networkOption = (): Option =>
  new Option('--network <families>', 'the addresses of the hosts').choices(labFamilies).default('ipv4')

program
  .command('up')
  .description('starts the hosts, or finds them running, and writes their inventory')
  .option(...nameOption)
  .option('--masters <n>', 'Kubernetes masters, with a load balancer', Number, 3)
  .option('--workers <n>', 'Kubernetes workers, beside the masters', Number, 0)
  .option('--hosts <n>', 'hosts with only sshd', Number, 0)
  .option('--inventory <file>', 'the inventory file to write', 'inventory/lab.yaml')
  .option(...kubernetesOption)
  .option(...stampOption)
  .option(...releaseOption)
  .option('--bundle <dir>', 'binaries and images to use instead of building them')
  .addOption(containerdOption())
  .addOption(networkOption())
  .option('--fresh', 'create new hosts', false)
  .action(
    async (
      options: WantedKubernetes & {
        name: string
        masters: number
        workers: number
        hosts: number
        inventory: string
        containerd?: Containerd
        network: LabFamilies
        fresh: boolean
      },
    ) => {
      const lab = await up({ ...options, plain: options.hosts })
      for (const { name, address } of lab.hosts) say(`  ${name.padEnd(6)} ${address}`)
      say(`lab: inventory in ${lab.inventory}`)
    },
  )

program
  .command('down')
  .description('removes the hosts; the caches stay')
  .option(...nameOption)
  .action(async ({ name }: { name: string }) => {
    await down(name)
    say(`lab: ${name} is removed`)
  })

program
  .command('status')
  .description('lists the hosts')
  .option(...nameOption)
  .action(async ({ name }: { name: string }) => {
    await prepareMachine()
    const found = await containers(name)
    if (found.size === 0) say(`lab: ${name} does not have hosts`)
    for (const [host, alive] of found) say(`  ${host.padEnd(6)} ${alive ? 'up' : 'down'}`)
  })

program
  .command('ssh')
  .description('a shell on a host, or a command')
  .argument('<host>')
  .argument('[command...]')
  .option(...nameOption)
  .action(async (host: string, command: string[], { name }: { name: string }) => {
    const { stdout } = await podman([
      'inspect',
      '--format',
      // a host of a lab of IPv6 has only the second one
      '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}}{{end}}',
      `${name}-${host}`,
    ])
    const folder = join(cacheFolder(), 'labs', name)
    const words = [
      '-i',
      join(folder, 'id_ed25519'),
      '-o',
      `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
      `root@${stdout.trim().split(' ')[0]}`,
    ]
    process.exitCode = spawnSync('ssh', [...words, ...command], { stdio: 'inherit' }).status ?? 1
  })

program
  .command('prepare')
  .description('installs the packages that a lab and its bundles need, and nothing else')
  .action(async () => {
    await prepareMachine()
    await prepareMachine(bundlePackages)
  })

program
  .command('bundle')
  .description('builds what a lab needs, without starting it')
  .option(...kubernetesOption)
  .option(...stampOption)
  .option(...releaseOption)
  .addOption(containerdOption())
  .option('--vm', 'also build the virtual machine', false)
  .option('--drop-build-cache', 'remove what the compiler keeps, afterwards (about 3 GB a release)', false)
  .action(async ({ vm, dropBuildCache: drop, containerd, ...wanted }: BundleOptions) => {
    await prepareMachine()
    const [{ folder, version }] = await Promise.all([bundle(wanted), hostImage(suiteOf(containerd))])
    say(`lab: bundle of Kubernetes ${version} in ${folder}`)
    say(`lab: image ${await (isCurrent(version) ? currentHostImage(containerd) : hostImage())}`)
    if (drop) await dropBuildCache()
    if (!vm) return
    await prepareMachine(vmPackages)
    say(`lab: virtual machine in ${await vmImage()}`)
  })

try {
  await program.parseAsync()
} catch (error) {
  const hint = error instanceof LabError ? `\n  hint: ${error.hint}` : ''
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}${hint}`)
  process.exitCode = 1
}
