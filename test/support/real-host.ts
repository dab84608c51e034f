/**
 * Real hosts for the tests of tasks: Debian with systemd, a userland of busybox alone like Alpine's, hosts with dnf, zypper and
 * pacman like those of Red Hat, SUSE and Arch, one with OpenRC, one with logrotate, at, pip, npm and gem, and three families with packages of services. Each is a container without a network, which is removed when the test file ends.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Connection, Request } from '../../engine/connection/types.ts'
import type { Channel, Transport } from '../../engine/connection/transport.ts'
import { ShellConnection } from '../../engine/connection/shell/shell-connection.ts'
import type { ShellOptions } from '../../engine/connection/shell/shell-connection.ts'
import type { Task } from '../../engine/dsl/types.ts'
import { standaloneRun } from '../../engine/run/task/standalone-run.ts'
import type { TaskResult } from '../../engine/run/task/execution.ts'
import {
  archImage,
  busyboxImage,
  databasesImage,
  hostImage,
  openrcImage,
  redhatImage,
  servicesImage,
  suseImage,
  toolsImage,
} from '../../lab/artifacts.ts'
import { labFolder, makeRoomForHosts, podman, prepareMachine } from '../../lab/machine.ts'

export type Kind =
  | 'debian'
  | 'busybox'
  | 'redhat'
  | 'suse'
  | 'arch'
  | 'databases'
  | 'openrc'
  | 'tools'
  | 'services-debian'
  | 'services-redhat'
  | 'services-alpine'

/** A host that a test can change in any way. */
export interface RealHost<Name extends Kind = Kind> {
  readonly name: Name
  /** Runs a shell command as root and returns its output; it must succeed. */
  sh(command: string): Promise<string>
  /** The folder on this machine that has its files. */
  files(): Promise<string>
  /** Opens another connection to it; the caller closes it. */
  connect(options?: ShellOptions & { readonly user?: string }): Promise<Connection>
  /** Executes a task once. */
  execute(task: Task, checkMode?: boolean): Promise<TaskResult>
  /**
   * Asserts that `--check` predicts a change without making it, that the run changes the host, and that a second run is
   * ok. Returns the result of the first run.
   */
  proves(task: Task): Promise<TaskResult>
  /** Asserts that the host is already in the desired state: neither `--check` nor a run changes anything. */
  finds(task: Task): Promise<TaskResult>
  /** Asserts that the task fails, and returns its message and hint. */
  refuses(task: Task): Promise<string>
}

const environment = { ...process.env, CONTAINERS_CONF: join(labFolder, 'containers.conf') }

/** Shells inside a container. */
const inside = (container: string, user = 'root'): Transport => ({
  description: container,
  user,
  open: async (command): Promise<Channel> => {
    const child = spawn('podman', ['exec', '-i', '-u', user, container, 'sh', '-c', command], {
      env: environment,
    })
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      ended: new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 143 }))),
      destroy: () => child.kill(),
    }
  },
  close: async () => {},
})

const images = {
  debian: hostImage,
  busybox: busyboxImage,
  redhat: redhatImage,
  suse: suseImage,
  arch: archImage,
  databases: databasesImage,
  openrc: openrcImage,
  tools: toolsImage,
  'services-debian': () => servicesImage('debian'),
  'services-redhat': () => servicesImage('redhat'),
  'services-alpine': () => servicesImage('alpine'),
}
const systemd = ['/lib/systemd/systemd']
// OpenRC is not an init system: any process that reaps orphans can be PID 1
const openrc = ['/bin/sh', '-c', 'openrc default; sleep 2147483647 & while :; do wait; done']
const forever = ['/bin/sleep', '2147483647']
const mains = {
  debian: systemd,
  busybox: forever,
  redhat: forever,
  suse: forever,
  arch: forever,
  // the servers of PostgreSQL and MariaDB start and end with it
  databases: [
    '/bin/sh',
    '-c',
    'pg_ctlcluster 15 main start; install -d -o mysql /run/mysqld; mariadbd-safe >/dev/null 2>&1 & sleep 2147483647 & while :; do wait; done',
  ],
  openrc,
  tools: systemd,
  'services-debian': systemd,
  'services-redhat': systemd,
  'services-alpine': openrc,
}

const systemdReady = 'until systemctl is-active -q multi-user.target; do sleep 0.1; done'
const openrcReady = 'until [ "$(rc-status -r 2>/dev/null)" = default ]; do sleep 0.1; done'
const readyCommands: Record<Kind, string> = {
  debian: systemdReady,
  busybox: 'true',
  redhat: 'true',
  suse: 'true',
  arch: 'true',
  databases:
    'until [ -S /run/mysqld/mysqld.sock ] && [ -S /var/run/postgresql/.s.PGSQL.5432 ]; do sleep 0.1; done',
  openrc: openrcReady,
  tools: systemdReady,
  'services-debian': systemdReady,
  'services-redhat': systemdReady,
  'services-alpine': openrcReady,
}

/** Creates the images of the hosts that test files name, if they do not exist. */
export const prepareHosts = async (files: readonly string[]): Promise<void> => {
  await prepareMachine()
  await makeRoomForHosts(10)
  const named = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\brealHosts\(([^)]*)\)/g)])
  const texts = named.map(([, kinds = '']) => kinds).join()
  for (const [kind, image] of Object.entries(images)) if (texts.includes(`'${kind}'`)) await image()
}

const start = async (kind: Kind): Promise<string> => {
  const image = await images[kind]()
  const container = `coxswain-tasks-${process.pid}-${kind}`
  process.once('exit', () =>
    spawnSync('podman', ['rm', '-f', '-t', '0', '-v', container], { env: environment }),
  )
  const booted = mains[kind] === systemd ? ['--systemd=always', '--tmpfs', '/run'] : []
  const modules = existsSync('/lib/modules') ? ['--volume', '/lib/modules:/lib/modules:ro'] : []
  const apart = ['--cgroupns=private', '--network', 'none']
  const flags = ['--detach', '--privileged', ...apart, ...booted, ...modules]
  await podman(['run', ...flags, '--name', container, '--hostname', kind, image, ...mains[kind]])
  await podman(['exec', container, 'sh', '-c', readyCommands[kind]])
  return container
}

/** A connection that records the requests that can change the host. */
const recordingChanges = (inner: Connection, changes: Request[]): Connection => ({
  description: inner.description,
  execute: (request) => {
    if (request.purpose === 'run') changes.push(request)
    return inner.execute(request)
  },
  close: () => inner.close(),
})

const summaryOf = ({ outcome, error, why }: TaskResult): string =>
  `${outcome}: ${error instanceof Error ? error.message : (why ?? '')}`

const realHost = <Name extends Kind>(kind: Name): RealHost<Name> => {
  let started: Promise<{ container: string; run: ReturnType<typeof standaloneRun> }> | undefined
  const changes: Request[] = []
  const host = () =>
    (started ??= start(kind).then((container) => ({
      container,
      run: standaloneRun(
        new Map([[kind, recordingChanges(new ShellConnection(inside(container)), changes)]]),
      ),
    })))
  const execute = async (task: Task, checkMode = false): Promise<TaskResult> =>
    (await host()).run(task, checkMode)
  const predicted = async (task: Task): Promise<TaskResult> => {
    changes.length = 0
    const result = await execute(task, true)
    assert.equal(
      changes.map(({ script, label }) => label ?? script),
      [],
      `--check of ${task.title} sent a command that can change the host`,
    )
    return result
  }
  return {
    name: kind,
    files: async () => {
      const { stdout } = await podman(['inspect', '--format', '{{.State.Pid}}', (await host()).container])
      return `/proc/${stdout.trim()}/root`
    },
    connect: async (options) => new ShellConnection(inside((await host()).container, options?.user), options),
    execute,
    sh: async (command) => {
      const { container } = await host()
      const { exitCode, stdout, stderr } = await podman(['exec', container, 'sh', '-c', command]).nothrow()
      assert.is(exitCode, 0, `${kind}: ${command}\n${stderr}`)
      return stdout
    },
    proves: async (task) => {
      const before = await predicted(task)
      if (task.check !== undefined)
        assert.ok(
          before.outcome === 'would change' || before.outcome === 'unknown',
          `--check: ${summaryOf(before)}`,
        )
      const result = await execute(task)
      assert.is(result.outcome, 'changed', summaryOf(result))
      if (task.check !== undefined) {
        const again = await execute(task)
        assert.is(again.outcome, 'ok', `second run: ${summaryOf(again)}`)
      }
      return result
    },
    finds: async (task) => {
      const before = await predicted(task)
      assert.is(before.outcome, 'ok', `--check: ${summaryOf(before)}`)
      const result = await execute(task)
      assert.is(result.outcome, 'ok', summaryOf(result))
      return result
    },
    refuses: async (task) => {
      const result = await execute(task)
      assert.is(result.outcome, 'failed', summaryOf(result))
      const { error } = result
      const hint = error instanceof Error && 'hint' in error ? String(error.hint) : ''
      return `${summaryOf(result)}; ${hint}`
    },
  }
}

/** Returns hosts of these kinds; each starts when it is first used. */
export const realHosts = <Name extends Kind>(...kinds: readonly Name[]): RealHost<Name>[] =>
  kinds.map((kind) => realHost(kind))
