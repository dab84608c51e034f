/**
 * The tasks that root runs while another user attacks their paths. A new task that writes gets a row in one of these tables.
 * The content differs in each round.
 */
import type { Task } from '../../engine/index.ts'
import * as tasks from '../../tasks/index.ts'
import type { Folder } from './folder.ts'

/** Returns a task for the attacker's folder and a round. */
export type Attempt = (home: string, round: number) => Task
export type Attempts = Readonly<Record<string, Attempt>>

const open = { owner: '65534', group: '65534', mode: '0666' }
const content = 'of root\n'

/** Every task that writes into a folder that can belong to another user. */
export const attemptsInFolders = (sources: Folder): Attempts => ({
  'file, of the user': (home, round) =>
    tasks.file({
      path: `${home}/f`,
      content: `${content}${round}`,
      backup: true,
      validate: 'true %s',
      ...open,
    }),
  'file, below': (home, round) => tasks.file({ path: `${home}/d/f`, content: `${content}${round}`, ...open }),
  'file, absent': (home) => tasks.file({ path: `${home}/d/name`, state: 'absent' }),
  permissions: (home, round) =>
    tasks.permissions({ path: `${home}/d/f`, ...open, mode: round % 2 === 0 ? '0666' : '0606' }),
  'directory, new': (home, round) =>
    tasks.directory({ path: `${home}/d/sub/new${round % 5}`, ...open, mode: '0777' }),
  'directory, there': (home, round) =>
    tasks.directory({ path: `${home}/d`, ...open, mode: round % 2 === 0 ? '0777' : '0755' }),
  'directory, absent': (home) => tasks.directory({ path: `${home}/d/sub`, state: 'absent' }),
  link: (home, round) => tasks.link({ path: `${home}/d/name`, target: `/nowhere/${round}` }),
  copy: (home, round) =>
    tasks.copy({ src: sources.at('one'), dest: `${home}/d/sub/name${round % 5}`, ...open }),
  'copy of a folder': (home) =>
    tasks.copy({ src: sources.at('tree'), dest: `${home}/d`, ...open, directoryMode: '0777', delete: true }),
  template: (home, round) =>
    tasks.template({ src: sources.at('t.hbs'), dest: `${home}/d/f`, values: { x: round }, ...open }),
  'line-in-file': (home, round) =>
    tasks.lineInFile({ path: `${home}/d/f`, line: `line ${round}`, create: true }),
  'block-in-file': (home, round) =>
    tasks.blockInFile({ path: `${home}/f`, block: `line ${round}`, create: true }),
  archive: (home) => tasks.archive({ src: sources.at('tree'), dest: `${home}/d/f.tar`, ...open }),
  unarchive: (home) =>
    tasks.unarchive({ src: sources.at('a.tgz'), dest: `${home}/d`, owner: '65534', group: '65534' }),
  replace: (home, round) =>
    tasks.replace({ path: `${home}/f`, regexp: '^(mine|line .*)$', replacement: `line ${round}` }),
  'ini-setting': (home, round) =>
    tasks.iniSetting({ path: `${home}/d/f`, section: 's', option: 'o', value: `${round}`, create: true }),
  'json-setting': (home, round) =>
    tasks.jsonSetting({ path: `${home}/d/f.json`, key: 'a.b', value: round, create: true }),
  'yaml-setting': (home, round) =>
    tasks.yamlSetting({ path: `${home}/d/f.yaml`, key: 'a.b', value: round, create: true }),
  limits: (home, round) =>
    tasks.limits({ domain: 'racer', item: 'nofile', value: 1000 + round, file: `${home}/d/f` }),
  'known-host, of all users': (home, round) =>
    tasks.knownHost({ host: `h${round}.example`, key: keyOf(round), file: `${home}/d/f` }),
})

/** The attacker's account. */
export const attacker = { name: 'racer', uid: 4242 }
const user = attacker.name

/** Returns a public key made from a number. */
const keyOf = (round: number): string =>
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA${String(round).padStart(42, 'A')}`

/** Returns commands that prepare a host for {@link attemptsOnAccount}: system folders that link to the attacker's, and host keys. */
export const prepareAccount = (home: string): string =>
  [
    `echo '${user}:x:${attacker.uid}:${attacker.uid}::${home}:/bin/sh' >>/etc/passwd`,
    `echo '${user}:x:${attacker.uid}:' >>/etc/group; echo '${user}:*::0:::::' >>/etc/shadow`,
    `rm -rf /etc/cron.d /etc/sudoers.d; ln -s ${home}/d /etc/cron.d; ln -s ${home}/d /etc/sudoers.d`,
    `mkdir -p /etc/ssh; echo '${keyOf(0)} host' >/etc/ssh/ssh_host_ed25519_key.pub`,
  ].join('; ')

/** Every task that writes for an account, or into a system folder that belongs to a user. */
export const attemptsOnAccount = (host: 'debian' | 'busybox'): Attempts => ({
  cron: (_, round) => tasks.cron({ name: 'job', schedule: '15 3 * * *', command: `echo ${round}`, user }),
  'cron, a file': (_, round) =>
    tasks.cron({ name: 'job', schedule: '15 3 * * *', command: `echo ${round}`, file: 'f' }),
  'authorized-key': (_, round) => tasks.authorizedKey({ user, key: keyOf(round), exclusive: true }),
  'known-host': (_, round) => tasks.knownHost({ user, host: 'h.example', key: keyOf(round) }),
  'ssh-access': () => tasks.sshAccess({ from: 'there', user }),
  ...(host === 'debian' && {
    sudoers: (_, round) =>
      tasks.sudoers({ name: 'f', users: [user], commands: [`/bin/echo ${round}`], password: false }),
    'ssh-key': () => tasks.sshKey({ user }),
  }),
})
