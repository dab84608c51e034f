/** The edits of all tasks that edit files, as functions of a text. */
import { withBlock } from '../../tasks/files/block-in-file.ts'
import { iniSetting, withSetting } from '../../tasks/files/ini-setting.ts'
import { edited } from '../../tasks/files/line-in-file.ts'
import type { Setting } from '../../tasks/files/editing/document-setting.ts'
import { withJsonSetting } from '../../tasks/files/json-setting.ts'
import { withYamlSetting } from '../../tasks/files/yaml-setting.ts'
import { replaced } from '../../tasks/files/replace.ts'
import { linesOf } from '../../tasks/shared/lines.ts'
import { withTomlValue } from '../../tasks/kubernetes/containerd/toml.ts'
import { withDrained, withoutDrained } from '../../tasks/network/load-balancers/configuration.ts'
import { withEntry as withHost } from '../../tasks/network/hosts-entry.ts'
import { appendLines } from '../../tasks/shared/lines.ts'
import { withKey as withAuthorizedKey } from '../../tasks/system/authorized-key.ts'
import { withEntry as withCron } from '../../tasks/system/cron.ts'
import { withName } from '../../tasks/system/hostname.ts'
import { withModule } from '../../tasks/system/kernel-module.ts'
import { withKey as withKnownKey, withoutKeys } from '../../tasks/system/ssh-keys/known-hosts.ts'
import { withLimit } from '../../tasks/system/limits.ts'
import { withLang, withLocale } from '../../tasks/system/locale.ts'
import { withMount } from '../../tasks/system/mount.ts'
import { withInclude } from '../../tasks/system/package-managers/pacman-repositories.ts'
import { withIgnored } from '../../tasks/system/package-managers/pacman.ts'
import { withRepository } from '../../tasks/system/package-managers/apk-repositories.ts'
import { withSelinux } from '../../tasks/system/selinux.ts'
import { withoutSwap } from '../../tasks/system/swap-off.ts'
import { withSwap } from '../../tasks/system/swap.ts'
import { withValue } from '../../tasks/system/sysctl.ts'

/** An edit, and the files that it is tried on. */
export interface Editor {
  /** The file below tasks/ that contains the task. */
  readonly module: string
  /** Lines that the edit matches, and lines that only look similar. */
  readonly pool: readonly string[]
  /** The parts of a file, each at most once; if set, `pool` is not used. */
  readonly parts?: readonly string[]
  readonly edit: (text: string) => string
  /** Whether a line, without its line break, can be added, changed or removed. */
  readonly mine: (line: string) => boolean
}

const is =
  (...patterns: readonly RegExp[]) =>
  (line: string): boolean =>
    patterns.some((pattern) => pattern.test(line))

const line = { path: '/f', create: false, state: 'present' } as const
const ini = (given: object) => {
  const { params } = iniSetting.from({
    path: '/f',
    option: 'port',
    value: '9',
    continuation: 'indent',
    ...given,
  })
  return (text: string): string => withSetting(text, params as Parameters<typeof withSetting>[1])
}
const pacmanPool = [
  '[options]',
  '[core]',
  'IgnorePkg = linux nginx',
  'IgnorePkg=vim',
  '#IgnorePkg = nginx',
  'HoldPkg = pacman',
  'Include = /etc/pacman.d/mirrorlist',
  'Include = /etc/pacman.d/tools.repo',
]
const iniPool = [
  '[a]',
  '[b]',
  '[a]',
  'port = 1',
  'port=2 ; note',
  '\tport: 3',
  '  more',
  'other = 1',
  'ports = 5',
]
const blob = (tail: string): string => `AAAAC3NzaC1lZDI1NTE5AAAAIA${tail.padEnd(42, 'A')}`
const key = `ssh-ed25519 ${blob('a')} anna@home`
const keyPool = [key, `no-pty  ssh-ed25519 ${blob('a')}`, `ssh-ed25519 ${blob('b')} ben`, 'new-kind AAAA']
const authorized = (state: 'present' | 'absent') => (text: string) =>
  withAuthorizedKey(text, { user: 'anna', key, options: undefined, exclusive: false, state })
const known = [
  `git ssh-ed25519 ${blob('b')} note`,
  `git,10.0.0.1  ssh-ed25519 ${blob('b')}`,
  `GIT ssh-ed25519 ${blob('a')}`,
  'git ssh-rsa AAAA',
  `@revoked git ssh-ed25519 ${blob('b')}`,
  `gitlab ssh-ed25519 ${blob('b')}`,
]
const fstabPool = [
  '/dev/sda1  /srv/x\text4 noatime  0 2 # disk',
  'tmpfs /srv/x tmpfs defaults',
  '/dev/sda2 none swap sw 0 0',
  '/swap none swap sw,pri=3 0 0',
  'UUID=1 / ext4 defaults 0 1',
]
const haproxyPool = [
  'backend apiservers',
  '    server m1 10.0.0.1:6443 check verify none',
  '\tserver m1 10.0.0.1:6443 check  # rack 1',
  '    server m1 10.0.0.1:6443 check disabled # drained by coxswain # rack 1',
  '    server m1 10.0.0.1:6443 disabled check',
  '    server m11 10.0.0.2:6443 check',
  '# server m1 10.0.0.1:6443 check',
]
const mountTask = (state: 'present' | 'absent') => (text: string) =>
  withMount(text, {
    path: '/srv/x',
    src: '/dev/sdb1',
    fstype: 'xfs',
    options: 'defaults',
    dump: 0,
    pass: 0,
    state,
  })
const cronTask = (state: 'present' | 'absent') => (text: string) =>
  withCron(text, { name: 'x', schedule: '@daily', command: 'y', state })
const cronPool = ['# BEGIN coxswain: x', '@hourly z', '# END coxswain: x', '0 3  * * *  other', 'MAILTO=x']
const limit = { domain: 'web', type: 'soft', item: 'nofile' } as const

const yamlParts = [
  '# a comment',
  '',
  ' ',
  'mode: 0400',
  'big: 12345678901234567890',
  'tel:   +49123  # note',
  'hex: 0x1F',
  'float: 1.30',
  'on: yes',
  'fold: >-\n  a\n  b\n\n  c',
  'literal: |-\n   x\n    y: z',
  "quoted: 'it''s'",
  'double: "a\\tb \\\n  c"',
  'flow: {a: 1, b: [1, 2,], }  # c',
  'wide: [\n    a, # x\n  b\n]',
  'base: &x # anchored\n   k: v\nalias: *x\nmerge:\n  <<: *x\n  z: 1',
  'list:\n- a\n-   b: 1\n    c: 2',
  'inner:\n    - - a\n      - b\n    # end',
  '? complex\n: v',
  'blanks in it:\tv',
  'date: 2001-01-01',
  'nothing: ~',
  'empty:',
  '!!str tagged: !!str 1',
  'plain: several\n  lines',
]
const targets = [
  'target: 1 # c',
  "target: 'old'",
  'target:',
  'target: ~ # c',
  'target: {port: 1, x: 2}',
  'target:\n  port: 1 # c\n  host: h',
  'target:\n  host: h\n  # in between\n  port:\n    - 1',
  'target: |\n  port',
  'target: !!map {}',
]
const isTarget = is(/^target:/, /^ +(port|host|# in between)/, /^ {4}- 1/, /^\{\}/, /^ *- (?:"22:22"|a: 1)$/)
const yaml = (given: Partial<Setting>) => (text: string) =>
  withYamlSetting(text, { ...line, key: 'target', value: undefined, ...given })
const json = (given: Partial<Setting>) => (text: string) =>
  withJsonSetting(text, { ...line, key: 'target', value: undefined, ...given })

/** An editor of YAML for each form in which the target can exist, and for none. */
const yamlEditors = (name: string, given: Partial<Setting>): [string, Editor][] =>
  ['', ...targets].flatMap((target): [string, Editor][] => {
    // a value below a text is refused
    if (given.key === 'target.port' && /: (?:1|'old'|\|)/.test(target)) return []
    const parts = target === '' ? yamlParts : [...yamlParts, target]
    return [
      [
        `yaml-setting ${name}: ${JSON.stringify(target)}`,
        { module: 'files/yaml-setting.ts', pool: [], parts, edit: yaml(given), mine: isTarget },
      ],
    ]
  })

/** Every task that edits a file, some of them in several ways. */
export const editors: Readonly<Record<string, Editor>> = {
  'containerd-config': {
    module: 'kubernetes/containerd-config.ts',
    pool: [
      '[plugins."a.b".c]',
      "[plugins.'a.b']",
      '  key = "old" # why',
      'other = [1, 2] # key = 1',
      '# key = 2',
      'version = 2',
    ],
    edit: (text) => withTomlValue(text, ['plugins', 'a.b', 'c'], 'key', 'new'),
    mine: is(/^\s*key = /, /^\[plugins\."a\.b"\.c\]$/, /^$/),
  },
  'containerd-config at the top': {
    module: 'kubernetes/containerd-config.ts',
    pool: ['[plugins]', 'key = "old"', '# key = 2', '  version = 2'],
    edit: (text) => withTomlValue(text, [], 'key', true),
    mine: is(/^key = /),
  },
  'pacman hold': {
    module: 'system/package-managers/pacman.ts',
    pool: pacmanPool,
    // as the task calls it: a name that is listed is not added again
    edit: (text) => (/^\s*IgnorePkg\s*=.*\bnginx\b/m.test(text) ? text : withIgnored(text, ['nginx'], true)),
    mine: is(/^\s*IgnorePkg\s*=/, /^\s*\[options\]/),
  },
  'pacman hold removed': {
    module: 'system/package-managers/pacman.ts',
    pool: pacmanPool,
    edit: (text) => withIgnored(text, ['nginx', 'vim'], false),
    mine: is(/^\s*IgnorePkg\s*=/),
  },
  'pacman repository': {
    module: 'system/package-managers/pacman-repositories.ts',
    pool: pacmanPool,
    edit: (text) => withInclude(text, 'tools', true),
    mine: is(/^Include = .*\/tools\.repo$/),
  },
  selinux: {
    module: 'system/selinux.ts',
    pool: [
      'SELINUX=enforcing',
      '#SELINUX=disabled',
      ' SELINUX=permissive ',
      'SELINUXTYPE=mls',
      'SELINUXTYPES=x',
      'SETLOCALDEFS=0',
    ],
    edit: (text) => withSelinux(text, { state: 'permissive', policy: 'targeted' }),
    mine: is(/^\s*SELINUX(?:TYPE)?=/),
  },
  'line-in-file': {
    module: 'files/line-in-file.ts',
    pool: ['port 1', 'port 2  ', ' port 3', 'other 1'],
    edit: (text) => edited(text, { ...line, regexp: '^port .*$', line: 'port 9' }),
    mine: is(/^port /),
  },
  'line-in-file backrefs': {
    module: 'files/line-in-file.ts',
    pool: ['port 1', 'port 2  ', 'other 1'],
    edit: (text) => edited(text, { ...line, regexp: '^(port) +\\d+(.*)$', line: '$1 9$2', backrefs: true }),
    mine: is(/^port /),
  },
  'line-in-file at the beginning': {
    module: 'files/line-in-file.ts',
    pool: ['a', 'b'],
    edit: (text) => edited(text, { ...line, line: 'new', insertBefore: 'BOF' }),
    mine: is(/^new$/),
  },
  'line-in-file after': {
    module: 'files/line-in-file.ts',
    pool: ['a', 'b', 'new'],
    edit: (text) => edited(text, { ...line, line: 'new', insertAfter: '^a$' }),
    mine: is(/^new$/),
  },
  'line-in-file absent': {
    module: 'files/line-in-file.ts',
    pool: ['port 1', 'other 1'],
    edit: (text) => edited(text, { ...line, regexp: '^port.*$', state: 'absent', line: undefined }),
    mine: is(/^port/),
  },
  'block-in-file': {
    module: 'files/block-in-file.ts',
    pool: ['x', 'y', 'other'],
    edit: (text) => withBlock(text, { block: 'x\r\nz\n', marker: '# {mark} m', state: 'present' }),
    mine: is(/^# (BEGIN|END) m$/, /^[xz]$/),
  },
  'block-in-file absent': {
    module: 'files/block-in-file.ts',
    pool: ['# BEGIN m', '# END m', 'x', 'other'],
    edit: (text) => withBlock(text, { block: '', marker: '# {mark} m', state: 'absent' }),
    mine: () => true,
  },
  replace: {
    module: 'files/replace.ts',
    pool: ['port = 1', 'port = ', 'xport = 2'],
    edit: (text) => replaced(text, { ...line, regexp: '^port = .*$', replacement: 'port = 9' }),
    mine: is(/^port = /),
  },
  'ini-setting': {
    module: 'files/ini-setting.ts',
    pool: iniPool,
    edit: ini({ section: 'a' }),
    mine: is(/port\b/, /more/, /^\[a\]$/, /^\s*$/),
  },
  'ini-setting where indentation means nothing': {
    module: 'files/ini-setting.ts',
    pool: iniPool,
    edit: ini({ section: 'a', continuation: 'none' }),
    mine: is(/port\b/, /^\[a\]$/, /^\s*$/),
  },
  'ini-setting above': {
    module: 'files/ini-setting.ts',
    pool: iniPool,
    edit: ini({}),
    mine: is(/port\b/, /more/, /^\s*$/),
  },
  'ini-setting absent': {
    module: 'files/ini-setting.ts',
    pool: iniPool,
    edit: ini({ section: 'a', state: 'absent' }),
    mine: is(/port\b/, /more/, /^\s*$/, /^\tport/),
  },
  'hosts-entry': {
    module: 'network/hosts-entry.ts',
    pool: [
      '127.0.0.1\tlocalhost',
      '::1  localhost ip6',
      '10.0.0.1 db1',
      '10.0.0.2 DB1 other # c',
      '10.0.0.9 other',
    ],
    edit: (text) => withHost(text, { address: '10.0.0.9', names: ['db1', 'db1.example'] }),
    mine: is(/db1/i, /other # c/),
  },
  'hosts-entry IPv6': {
    module: 'network/hosts-entry.ts',
    pool: ['127.0.0.1 localhost', '::1 localhost', '0:0::1 db1', 'fe80::1%eth0 db1', '::2 localhost'],
    edit: (text) => withHost(text, { address: '::1', names: ['localhost'] }),
    mine: is(/^(?!127).*localhost/),
  },
  'authorized-key': {
    module: 'system/authorized-key.ts',
    pool: keyPool,
    edit: authorized('present'),
    mine: is(/a{1}A+/),
  },
  'authorized-key absent': {
    module: 'system/authorized-key.ts',
    pool: keyPool,
    edit: authorized('absent'),
    mine: is(/a{1}A+/),
  },
  'ssh-access': {
    module: 'network/ssh-access.ts',
    pool: keyPool,
    edit: (text) => (linesOf(text).includes('k') ? text : appendLines(text, ['k'])),
    mine: is(/^k$/),
  },
  'known-host': {
    module: 'system/known-host.ts',
    pool: known,
    edit: (text) => withKnownKey(text, 'git', { type: 'ssh-ed25519', blob: blob('a') }, 'git'),
    mine: is(/^(git|git,10.0.0.1|10.0.0.1) +ssh-ed/i),
  },
  'known-host absent': {
    module: 'system/known-host.ts',
    pool: known,
    edit: (text) => withoutKeys(text, 'git', () => true),
    mine: is(/^(git|git,10.0.0.1|10.0.0.1) +ssh-/i),
  },
  sysctl: {
    module: 'system/sysctl.ts',
    pool: [
      'net.ipv4.ip_forward=0',
      '-net/ipv4/ip_forward = 2 ',
      'vm.swappiness = 0',
      '#net.ipv4.ip_forward=1',
    ],
    edit: (text) => withValue(text, 'net.ipv4.ip_forward', '1'),
    mine: is(/^-?net/),
  },
  mount: { module: 'system/mount.ts', pool: fstabPool, edit: mountTask('present'), mine: is(/\/srv\/x/) },
  'mount absent': {
    module: 'system/mount.ts',
    pool: fstabPool,
    edit: mountTask('absent'),
    mine: is(/\/srv\/x/),
  },
  swap: {
    module: 'system/swap.ts',
    pool: fstabPool,
    edit: (text) => withSwap(text, { path: '/swap', size: '1G', priority: undefined, state: 'present' }),
    mine: is(/^\/swap /),
  },
  'load-balancer-drain': {
    module: 'network/load-balancers/draining.ts',
    pool: haproxyPool,
    edit: (text) => withDrained(text, 'm1'),
    mine: is(/^\s*server m1 /),
  },
  'load-balancer-undrain': {
    module: 'network/load-balancers/draining.ts',
    pool: haproxyPool,
    edit: (text) => withoutDrained(text, 'm1'),
    mine: is(/^\s*server m1 /),
  },
  'swap-off': { module: 'system/swap-off.ts', pool: fstabPool, edit: withoutSwap, mine: is(/ swap /) },
  cron: {
    module: 'system/cron.ts',
    pool: ['@daily y', ...cronPool.slice(3)],
    edit: cronTask('present'),
    mine: is(/coxswain/, /^@daily y$/),
  },
  'cron absent': { module: 'system/cron.ts', pool: cronPool, edit: cronTask('absent'), mine: () => true },
  'cron table': {
    module: 'system/cron-tables/tables.ts',
    pool: cronPool.slice(3),
    edit: cronTask('present'),
    mine: is(/coxswain/, /^@daily y$/),
  },
  limits: {
    module: 'system/limits.ts',
    pool: ['web soft nofile 1', 'web\tsoft  nofile 2 # c', 'web hard nofile 3', '* soft nofile 4'],
    edit: (text) => withLimit(text, limit, '9'),
    mine: is(/^web\s+soft/),
  },
  'limits absent': {
    module: 'system/limits.ts',
    pool: ['web soft nofile 1', 'web\tsoft  nofile 2 # c', 'web hard nofile 3'],
    edit: (text) => withLimit(text, limit, undefined),
    mine: is(/^web\s+soft/),
  },
  'locale list': {
    module: 'system/locale.ts',
    pool: ['# de_DE.UTF-8 UTF-8', '#de_DE.UTF-8   UTF-8  ', '# de_DE ISO-8859-1', 'en_US.UTF-8 UTF-8'],
    edit: (text) => withLocale(text, 'de_DE.UTF-8'),
    mine: is(/de_DE\.UTF-8/),
  },
  'locale setting': {
    module: 'system/locale.ts',
    pool: ['LANG="C.UTF-8"', 'LANG=C # c', 'LC_TIME=C', '#LANG=x'],
    edit: (text) => withLang(text, 'de_DE.UTF-8'),
    mine: is(/^LANG=/),
  },
  ...Object.fromEntries([
    ...yamlEditors('text', { value: 'no' }),
    ...yamlEditors('list', { value: ['22:22', { a: 1 }] }),
    ...yamlEditors('below', { key: 'target.port', value: 8080 }),
    ...yamlEditors('absent', { state: 'absent' }),
  ]),
  'json-setting': {
    module: 'files/json-setting.ts',
    pool: [],
    parts: [
      '// c',
      '',
      '{ "a": 0.10,\n\t"target":  [1] /* , */, // c\n  "big": 12345678901234567890 }',
      '/* d */',
    ],
    edit: (text) => (/target/.test(text) ? json({ value: 'x' })(text) : text),
    mine: is(/target/),
  },
  hostname: {
    module: 'system/hostname.ts',
    pool: ['old', 'older'],
    edit: (text) => withName(text, 'new'),
    mine: is(/^(old|older|; .*|new)$/),
  },
  'kernel-module': {
    module: 'system/kernel-module.ts',
    pool: ['overlay', 'loop'],
    edit: (text) => withModule(text, 'br_netfilter'),
    mine: is(/br_netfilter/),
  },
  'package-repository of apk': {
    module: 'system/package-managers/apk-repositories.ts',
    pool: ['https://a.example/v3', 'https://b.example/v3'],
    edit: (text) => withRepository(text, 'x', 'https://x.example/v3'),
    mine: is(/x, by coxswain|x\.example/),
  },
}
