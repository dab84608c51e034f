/**
 * The tasks in the playbook of a round: each task of the library that one lab host can run, and a few with large content.
 */
import { documentedTasks } from '../../engine/cli/docs/task-docs.ts'
import * as library from '../../tasks/index.ts'
import { prepared } from '../hosts/examples/prepared.ts'

/** A task with its parameters, and what it needs on its host and on the controller. */
export interface Piece {
  /** Unique among all pieces. */
  readonly name: string
  /** The name by which a playbook imports it. */
  readonly exported: string
  readonly params: unknown
  /** Commands to run on the host first. */
  readonly prepare?: string | undefined
  /** Files that the controller needs, in the folder of the playbook. */
  readonly here?: Readonly<Record<string, string>> | undefined
  /** Whether it changes a new host, and so can notify a handler. */
  readonly changes: boolean
}

/** A program that runs as a service. */
const unit = `printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/example.service`

const folderToPack =
  'mkdir -p /srv/site; seq 1 2000 >/srv/site/numbers; echo one >/srv/site/one; touch -d 2024-01-01T00:00:00Z /srv/site/* /srv/site'

/** Tasks whose example would change what the round depends on, or does not survive a reboot. */
const changed: Readonly<Record<string, Partial<Piece>>> = {
  // the keys of two hosts are never the same
  archive: {
    params: { src: '/srv/site', dest: '/var/backups/site.tar.gz', mode: '0600' },
    prepare: folderToPack,
  },
  // a key of 2048 bits takes seconds
  command: {
    params: {
      run: 'openssl ecparam -name prime256v1 -genkey -noout -out /etc/ssl/app.key',
      creates: '/etc/ssl/app.key',
    },
  },
  copy: { params: { src: 'package.json', dest: '/opt/package.json', mode: '0644' } },
  // the connection of the run uses ssh
  service: { params: { name: 'example', state: 'started', enabled: true }, prepare: unit },
  shell: { params: { run: 'cd /opt\necho all >made', creates: '/opt/made' } },
}

/** Tasks of `prepared` that do not take part, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  fail: 'a playbook with it cannot end well',
  'service-restart': 'it changes something each time',
  'load-images': 'it takes containerd, which plain hosts of the lab do not run',
}

const fromLibrary = (): Piece[] =>
  documentedTasks(library).flatMap(({ info, exported }): Piece[] => {
    const given = prepared[info.name]
    // a fact changes nothing: a fault in it leaves nothing
    if (given === undefined || info.name in leftOut || info.kind === 'fact') return []
    const { prepare, here } = given
    const changes = info.kind === 'idempotent' && given.shows !== 'all well'
    return [
      { name: info.name, exported, params: info.example, prepare, here, changes, ...changed[info.name] },
    ]
  })

const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, n) => `${word} ${n} ${(n * 2654435761) % 4294967296}\n`).join('')

/** Large content: a fault can happen in the middle of a transfer. */
const large: readonly Piece[] = [
  {
    name: 'copy of a large file',
    exported: 'copy',
    params: { src: 'large', dest: '/srv/large', mode: '0640' },
    here: { large: lines(150_000, 'line') },
    changes: true,
  },
  {
    name: 'copy of a folder',
    exported: 'copy',
    params: { src: 'tree', dest: '/opt/tree' },
    here: Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`tree/${n % 7}/${n}`, lines(10 + n * 20, `file ${n}`)]),
    ),
    changes: true,
  },
  {
    name: 'unarchive of a large archive',
    exported: 'unarchive',
    params: { src: '/opt/many.tar.gz', dest: '/srv/many', onHost: true },
    prepare:
      'mkdir -p /opt/many; cd /opt/many; seq 1 200000 | split -a 3 -l 1000; tar -czf /opt/many.tar.gz .',
    changes: true,
  },
  {
    name: 'shell that takes a while',
    exported: 'shell',
    params: {
      run: 'cd /srv; : >steps; for n in 1 2 3 4 5 6 7 8 9 10; do echo $n >>steps; sleep 0.1; done; mv steps stepped',
      creates: '/srv/stepped',
    },
    changes: true,
  },
]

/** All of them, sorted by name. */
export const pieces = (): Piece[] =>
  [...fromLibrary(), ...large].toSorted((a, b) => a.name.localeCompare(b.name))
