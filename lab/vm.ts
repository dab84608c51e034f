/** A virtual machine: a host that can reboot. Without KVM, so that it works wherever the lab does; it boots in 15 s. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { $ } from 'zx'
import { vmImage } from './artifacts.ts'
import { prepareMachine, vmPackages } from './machine.ts'
import { LabError, step } from './say.ts'

export interface Vm {
  /** The port of its sshd on 127.0.0.1. */
  readonly port: number
  /** An inventory with one host, `vm1`. */
  readonly inventory: string
  /** Runs a shell command as root with ssh, outside of the engine, and returns its output. */
  exec(command: string): Promise<string>
  stop(): Promise<void>
}

/** Timeout in seconds for a boot on a busy machine. */
const startTimeout = 180

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Whether an sshd sends its banner there. An open port means nothing: qemu listens before the machine is up. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setTimeout(5000, () => socket.destroy())
    socket.once('data', (banner: Buffer) => {
      resolve(banner.toString().startsWith('SSH-'))
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(false))
  })

const qemuWords = (image: string, port: number): string[] =>
  [
    ['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '512'],
    ['-nodefaults', '-display', 'none', '-serial', 'stdio', '-monitor', 'none'],
    ['-kernel', join(image, 'vmlinuz'), '-initrd', join(image, 'initrd.img')],
    ['-append', 'root=/dev/vda rw console=ttyS0 quiet net.ifnames=0'],
    // changes are lost when it stops
    ['-drive', `file=${join(image, 'disk.raw')},if=virtio,format=raw,snapshot=on`],
    // it has no network except from this machine
    ['-netdev', `user,id=lan,restrict=on,hostfwd=tcp:127.0.0.1:${port}-10.0.2.15:22`],
    ['-device', 'virtio-net-pci,netdev=lan', '-device', 'virtio-rng-pci'],
  ].flat()

const inventoryText = (image: string, folder: string, port: number): string =>
  [
    'all:',
    '  hosts:',
    '    vm1:',
    '      address: 127.0.0.1',
    `      port: ${port}`,
    '      user: root',
    `      private_key_file: ${join(image, 'id_ed25519')}`,
    `      known_hosts_file: ${join(folder, 'known_hosts')}`,
    '',
  ].join('\n')

/**
 * Starts a virtual machine, and waits until its sshd answers.
 *
 * @throws LabError if it does not come up, with the output of its console.
 */
export const startVm = async (): Promise<Vm> => {
  await prepareMachine(vmPackages)
  const image = await vmImage()
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-vm-'))
  const [inventory, knownHosts] = [join(folder, 'inventory.yaml'), join(folder, 'known_hosts')]
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${await readFile(join(image, 'host_key.pub'), 'utf8')}`)
  await writeFile(inventory, inventoryText(image, folder, port))
  const child = spawn('qemu-system-x86_64', qemuWords(image, port), { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  let console = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (console = `${console}${chunk.toString()}`.slice(-4000)))
  const onExit = (): void => void child.kill('SIGKILL')
  process.once('exit', onExit)
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    process.off('exit', onExit)
    await rm(folder, { recursive: true, force: true })
  }
  await step('starting a virtual machine', async () => {
    const end = performance.now() + startTimeout * 1000
    while (!(await answers(port))) {
      const gone = child.exitCode !== null || child.signalCode !== null
      if (gone || performance.now() > end) {
        await stop()
        throw new LabError(
          `the virtual machine did not come up:\n${console}`,
          'check the output of its console',
        )
      }
      await sleep(500)
    }
  })
  const words = ['-i', join(image, 'id_ed25519'), '-p', `${port}`, '-o', `UserKnownHostsFile=${knownHosts}`]
  return {
    port,
    inventory,
    exec: async (command) =>
      (await $({ quiet: true })`ssh ${words} -o ConnectTimeout=20 -o BatchMode=yes root@127.0.0.1 ${command}`)
        .stdout,
    stop,
  }
}
