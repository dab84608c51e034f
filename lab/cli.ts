/** `npm run lab -- up | down | status | ssh NAME | bundle`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Command } from 'commander'
import { bundle, hostImage, vmImage } from './artifacts.ts'
import { containers } from './hosts.ts'
import { down, up } from './lab.ts'
import { cacheFolder, podman, prepareMachine, vmPackages } from './machine.ts'
import { LabError, say } from './say.ts'

const program = new Command('lab').description('Disposable hosts on this machine, to try playbooks on.')
const nameOption = ['--name <name>', 'labs with different names live side by side', 'coxswain'] as const

program
  .command('up')
  .description('makes the hosts, or finds them up, and writes their inventory')
  .option(...nameOption)
  .option('--masters <n>', 'Kubernetes masters, with a load balancer', Number, 3)
  .option('--hosts <n>', 'hosts with only sshd', Number, 0)
  .option('--inventory <file>', 'where the inventory goes', 'inventory/lab.yaml')
  .option('--bundle <dir>', 'binaries and images to use instead of building them')
  .option('--fresh', 'begin with new hosts', false)
  .action(
    async (options: {
      name: string
      masters: number
      hosts: number
      inventory: string
      bundle?: string
      fresh: boolean
    }) => {
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
    say(`lab: ${name} is gone`)
  })

program
  .command('status')
  .description('says what there is')
  .option(...nameOption)
  .action(async ({ name }: { name: string }) => {
    await prepareMachine()
    const found = await containers(name)
    if (found.size === 0) say(`lab: ${name} has no hosts`)
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
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      `${name}-${host}`,
    ])
    const folder = join(cacheFolder(), 'labs', name)
    const words = [
      '-i',
      join(folder, 'id_ed25519'),
      '-o',
      `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
      `root@${stdout.trim()}`,
    ]
    process.exitCode = spawnSync('ssh', [...words, ...command], { stdio: 'inherit' }).status ?? 1
  })

program
  .command('bundle')
  .description('builds what a lab needs, and nothing else')
  .option('--vm', 'the virtual machine as well', false)
  .action(async ({ vm }: { vm: boolean }) => {
    await prepareMachine()
    say(`lab: bundle in ${await bundle()}`)
    say(`lab: image ${await hostImage()}`)
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
