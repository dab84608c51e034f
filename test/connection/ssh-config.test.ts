/** Compares our reading of ssh's configuration with ssh itself: `ssh -G` and `ssh -v`. */
import { execFileSync, spawnSync } from 'node:child_process'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { SshConfigs } from '../../engine/connection/ssh/config/ask.ts'
import { parseJump } from '../../engine/connection/ssh/config/jump.ts'
import { parseSshConfig } from '../../engine/connection/ssh/config/parse.ts'
import type { SshConfig } from '../../engine/connection/ssh/config/parse.ts'
import { expandPath, expandTokens } from '../../engine/connection/ssh/config/tokens.ts'
import type { Tokens } from '../../engine/connection/ssh/config/tokens.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('ssh_config', { needs: ['ssh'] })
const file = (name: string): string => resolve(import.meta.dirname, 'ssh-configs', name)
// paths of an Include are relative to the home folder, so ssh is given ours where it matters
const configs = new SshConfigs()
const { homedir: home, uid, username } = userInfo()

const ask = async (name: string, address: string, more = {}): Promise<SshConfig> => {
  const config = await configs.of({ file: file(name), address, ...more })
  if (config === undefined) throw new Error('ssh is not here')
  return config
}

const table: readonly (readonly [name: string, address: string, wanted: Partial<SshConfig>])[] = [
  [
    'jumps.conf',
    'chain',
    {
      proxyJump: [
        { user: 'bob', address: 'a.example', port: 2200 },
        { user: undefined, address: '::1', port: 2201 },
        { user: 'carl', address: 'c.example', port: 99 },
      ],
    },
  ],
  [
    'jumps.conf',
    'tokens',
    { hostName: 'tokens.internal', proxyJump: [{ user: '%r', address: 'gw.%h', port: undefined }] },
  ],
  ['jumps.conf', 'v6', { proxyJump: [{ user: undefined, address: 'fe80::1', port: 22 }] }],
  ['jumps.conf', 'at', { proxyJump: [{ user: 'joe@corp', address: 'gw', port: undefined }] }],
  ['jumps.conf', 'none', { proxyJump: [], proxyCommand: undefined }],
  ['jumps.conf', 'first-command', { proxyJump: [], proxyCommand: 'nc %h %p' }],
  ['jumps.conf', 'no-command', { proxyJump: [], proxyCommand: undefined }],
  ['jumps.conf', 'passed', { unsupported: ['ProxyUseFdpass'] }],
  [
    'files.conf',
    'many',
    {
      identityFiles: ['~/my keys/id_a', '~/.ssh/id_%h_%r', '%d/percent%%/%u', '${COXSWAIN_TEST_KEYS}/x'],
      identitiesOnly: true,
      identityAgent: `${home}/agent.sock`,
      certificateFiles: ['~/.ssh/id-cert.pub'],
      userKnownHosts: [`${home}/my hosts`, '/b/many', `${home}/c`],
      globalKnownHosts: [],
    },
  ],
  ['files.conf', 'nothing', { identityFiles: [], userKnownHosts: [], identityAgent: 'none' }],
  ['files.conf', 'usual', { identityFiles: undefined, identityAgent: undefined, identitiesOnly: false }],
  ['files.conf', 'one-usual', { identityFiles: ['~/.ssh/id_rsa', '~/.ssh/work'] }],
  ['files.conf', 'only-usual', { identityFiles: ['~/.ssh/id_ed25519'] }],
  ['files.conf', 'environment', { identityAgent: 'SSH_AUTH_SOCK' }],
  ['matches.conf', 'numbered', { hostName: '192.0.2.7', port: 22, user: 'byaddress' }],
  ['matches.conf', 'bad.example', { user: 'last', port: 2222 }],
  ['matches.conf', 'web.example', { user: 'everybody', port: 1022 }],
  ['matches.conf', 'second', { user: 'second' }],
  ['words.conf', 'no', { checking: 'no' }],
  ['words.conf', 'off', { checking: 'no' }],
  ['words.conf', 'yes', { checking: 'yes' }],
  ['words.conf', 'accept', { checking: 'accept-new' }],
  ['words.conf', 'else', { checking: 'ask', connectTimeout: undefined, aliveInterval: undefined }],
  ['words.conf', 'slow', { connectTimeout: 90, aliveInterval: 120, aliveCountMax: 7 }],
  ['words.conf', 'four', { addressFamily: 'inet', bindAddress: '127.0.0.1' }],
  ['words.conf', 'revoked', { unsupported: ['RevokedHostKeys'] }],
  [
    'words.conf',
    'yes',
    {
      algorithms: {
        ciphers: undefined,
        kexAlgorithms: undefined,
        macs: undefined,
        hostKeyAlgorithms: undefined,
      },
    },
  ],
  [
    'algorithms.conf',
    'old',
    {
      algorithms: {
        ciphers: [
          'chacha20-poly1305@openssh.com',
          'aes128-ctr',
          'aes192-ctr',
          'aes256-ctr',
          'aes128-gcm@openssh.com',
          'aes256-gcm@openssh.com',
          'aes128-cbc',
        ],
        kexAlgorithms: ['diffie-hellman-group14-sha1'],
        macs: ['hmac-sha1'],
        hostKeyAlgorithms: [
          'ssh-ed25519',
          'ecdsa-sha2-nistp256',
          'ecdsa-sha2-nistp384',
          'ecdsa-sha2-nistp521',
          'rsa-sha2-512',
          'rsa-sha2-256',
          'ssh-rsa',
        ],
      },
      unsupported: [],
    },
  ],
  [
    'algorithms.conf',
    'narrow',
    {
      algorithms: {
        ciphers: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
        kexAlgorithms: undefined,
        macs: undefined,
        hostKeyAlgorithms: undefined,
      },
    },
  ],
  ['algorithms.conf', 'beyond', { unsupported: ['MACs', 'HostKeyAlgorithms'] }],
]
for (const [name, address, wanted] of table) {
  test(`${name}: ${address}`, async () => {
    const config = await ask(name, address)
    const found = Object.fromEntries(Object.keys(wanted).map((key) => [key, Reflect.get(config, key)]))
    assert.equal(found, wanted)
  })
}

test('an earlier ProxyJump overrides a later ProxyCommand', async () => {
  const { proxyJump, proxyCommand } = await ask('jumps.conf', 'first-jump')
  assert.equal([proxyJump.map(({ address }) => address), proxyCommand], [['a'], undefined])
})

test('settings of the inventory are passed to ssh, and Match uses them', async () => {
  const { user, port } = await ask('matches.conf', 'web.example', { user: 'root', port: 7 })
  assert.equal([user, port], ['root', 7])
})

test('a mistake in the configuration is reported with its place', async () => {
  const error = await rejects(
    () => ask('broken.conf', 'web'),
    'connect-failed',
    /Bad configuration option: prot/,
  )
  assert.equal(error.place, { file: file('broken.conf'), line: 2 })
  assert.match(error.hint, 'ssh_config')
})

const tokensOf = (config: SshConfig, given: string): Tokens => ({
  hostName: config.hostName,
  given,
  port: config.port,
  user: config.user,
  localUser: username,
  home,
  uid,
  machine: hostname(),
  keyName: config.hostKeyAlias ?? given,
  environment: process.env,
})

/** The debug output of ssh up to the connection. */
const says = (name: string, address: string, ...more: string[]): string =>
  spawnSync('ssh', ['-v', '-T', '-F', file(name), ...more, '--', address, 'true'], {
    encoding: 'utf8',
    env: { ...process.env, COXSWAIN_TEST_KEYS: '/keys/of/test' },
    input: '',
  }).stderr.replaceAll('\r', '')

test('key files are those that ssh tries', async () => {
  const config = await ask('files.conf', 'many')
  const tokens = {
    ...tokensOf(config, 'many'),
    environment: { COXSWAIN_TEST_KEYS: '/keys/of/test' },
  }
  const tried = [
    ...says('files.conf', 'many', '-o', 'ProxyCommand=false').matchAll(/identity file (.*) type -1$/gm),
  ]
  assert.equal(
    config.identityFiles?.map((path) => expandPath(path, tokens)),
    tried.map(([, path]) => path).filter((path) => !path?.endsWith('-cert')),
  )
})

test('tokens of a ProxyCommand are replaced as by ssh', async () => {
  const config = await ask('jumps.conf', 'command')
  const [, executed] = /Executing proxy command: exec (.*)$/m.exec(says('jumps.conf', 'command')) ?? []
  assert.is(executed, `nc -X connect "192.0.2.9" 2022 ${config.user} command 100%`)
  assert.is(expandTokens(config.proxyCommand ?? '', tokensOf(config, 'command')), executed)
})

test('a path with an undefined variable is ignored', () => {
  const tokens = tokensOf(parseSshConfig('hostname x', ''), 'x')
  assert.is(expandPath('${COXSWAIN_NOT_SET}/id', tokens), undefined)
  assert.is(expandPath('/a/%z', tokens), '/a/%z')
})

test('jumps', () => {
  assert.equal(parseJump('none'), [])
  assert.equal(parseJump(undefined), [])
  assert.equal(parseJump('a, b'), [
    { address: 'a', user: undefined, port: undefined },
    { address: 'b', user: undefined, port: undefined },
  ])
  assert.equal(parseJump('2001:db8::1'), [{ address: '2001:db8::1', user: undefined, port: undefined }])
})

test('an unknown value makes the checking of host keys strict', () => {
  assert.is(parseSshConfig('stricthostkeychecking whatever', '').checking, 'yes')
})

test('the installed ssh is a version that these tests cover', () => {
  assert.match(execFileSync('ssh', ['-GT', '-F', 'none', 'x']).toString(), /^stricthostkeychecking ask$/m)
})
