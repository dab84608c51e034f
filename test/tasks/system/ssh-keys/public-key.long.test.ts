/** Keys and their options, compared with sshd itself. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { userInfo } from 'node:os'
import * as assert from 'uvu/assert'
import { problemOfOptions } from '../../../../tasks/system/ssh-keys/key-options.ts'
import { readKey } from '../../../../tasks/system/ssh-keys/public-key.ts'
import { folderOf } from '../../../support/folder.ts'
import { suite } from '../../../support/spec.ts'
import { startSshd } from '../../../support/sshd.ts'

const test = suite('public keys and their options')
const folder = folderOf(test)

const options: Readonly<Record<string, string | undefined>> = {
  restrict: undefined,
  'No-PTY,no-port-forwarding': undefined,
  'restrict,pty,agent-forwarding,X11-forwarding,user-rc,touch-required,no-verify-required': undefined,
  'command="true"': undefined,
  'command="echo \\"a\\"; true",no-pty': undefined,
  'from="127.0.0.0/8,::1"': undefined,
  'environment="A=b c",environment="B_1="': undefined,
  'expiry-time="20991231"': undefined,
  'expiry-time="209912312359Z"': undefined,
  'permitopen="localhost:80",permitopen="[::1]:*"': undefined,
  'permitlisten="8080",permitlisten="localhost:1"': undefined,
  'tunnel="0"': undefined,
  'tunnel="any"': undefined,
  'principals="a,b"': 'the key option principals requires cert-authority',
  'no-pty,comand="/bin/true"': 'sshd does not have the key option comand (did you mean command?)',
  'command=true': 'the value of the key option command must be in double quotes; its only escape is \\"',
  'command="echo C:\\\\"':
    'the value of the key option command must be in double quotes; its only escape is \\"',
  'environment="A b=c"': 'the value of the key option environment must be NAME=value',
  'expiry-time="tomorrow"':
    'the value of the key option expiry-time must be YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS',
  'permitopen="80"': 'the value of the key option permitopen must be host:port',
  'tunnel="x"': 'the value of the key option tunnel must be the number of a device, or any',
}

test(
  'options are accepted if sshd accepts them, and refused if it refuses the key',
  { needs: ['root', 'sshd', 'ssh'] },
  async () => {
    const sshd = await startSshd(['UsePAM no'])
    const file = join('/etc/ssh/coxswain-test-authorized', `${sshd.port}`)
    const login = (): number | null =>
      spawnSync(
        'ssh',
        [
          '-F',
          'none',
          '-i',
          sshd.keyFile,
          '-p',
          `${sshd.port}`,
          '-o',
          'BatchMode=yes',
          '-o',
          'IdentitiesOnly=yes',
        ].concat(
          '-o',
          `UserKnownHostsFile=${sshd.knownHosts}`,
          `${userInfo().username}@${sshd.address}`,
          'true',
        ),
        { stdio: 'ignore' },
      ).status
    try {
      for (const [text, problem] of Object.entries(options)) {
        writeFileSync(file, `${text} ${sshd.publicKey}\n`)
        assert.is(problemOfOptions(text), problem, text)
        assert.is(login(), problem === undefined ? 0 : 255, text)
      }
    } finally {
      await sshd.stop()
    }
  },
)

/** Options that can be checked without a login. */
const alsoRefused: Readonly<Record<string, string>> = {
  'no-restrict': 'sshd does not have the key option no-restrict (did you mean restrict?)',
  ptyx: 'sshd does not have the key option ptyx (did you mean pty?)',
  ',no-pty': 'a key option without a name',
  'no-pty="yes"': 'the key option no-pty does not take a value',
  command: 'the key option command needs a value: command="…"',
  'command="true"no-pty': 'a comma is missing after the key option command',
  'command="true",command="true"': 'the key option command occurs twice',
  'environment="AB"': 'the value of the key option environment must be NAME=value',
  'permitopen="localhost:99999"': 'the value of the key option permitopen must be host:port',
  'permitlisten="a:b"': 'the value of the key option permitlisten must be port or host:port',
}

test('options that end the line, or contain blanks, are refused', () => {
  for (const [text, problem] of Object.entries(alsoRefused)) assert.is(problemOfOptions(text), problem, text)
  assert.is(problemOfOptions('no-pty,'), undefined)
  assert.is(problemOfOptions('cert-authority,principals="a,b"'), undefined)
  assert.is(problemOfOptions(''), 'options must not be empty')
  assert.is(problemOfOptions('no-pty restrict'), 'options can contain blanks in double quotes only')
  assert.is(problemOfOptions('command="a\nb"'), 'options must not contain control characters')
})

/** Whether ssh-keygen accepts a line as a public key. */
const isKey = (line: string): boolean =>
  spawnSync('ssh-keygen', ['-l', '-f', folder.write('line.pub', `${line}\n`)]).status === 0

test('a key is valid if ssh-keygen accepts it', { needs: ['ssh'] }, () => {
  const made = folder.at('keys')
  mkdirSync(made)
  const kinds = ['rsa 1024', 'rsa 3072', 'ed25519', 'ecdsa 256', 'ecdsa 384', 'ecdsa 521']
  for (const [index, kind] of kinds.entries()) {
    const [type = '', bits] = kind.split(' ')
    const path = join(made, `${index}`)
    const size = bits === undefined ? [] : ['-b', bits]
    assert.is(
      spawnSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', 'me', '-f', path]).status,
      0,
    )
    const line = readFileSync(`${path}.pub`, 'utf8').trim()
    const [name = '', blob = ''] = line.split(' ')
    assert.is(readKey(line)?.comment, 'me', kind)
    const bytes = Buffer.from(blob, 'base64')
    const others = [
      blob.slice(0, 48),
      blob.slice(0, -4),
      `${blob}AAAA`,
      `${blob}=`,
      bytes.subarray(0, -1).toString('base64'),
      Buffer.concat([bytes, Buffer.alloc(4)]).toString('base64'),
      // a point beside the curve; the last field of RSA has a wrong length
      ...(type === 'ecdsa'
        ? [Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]).toString('base64')]
        : []),
    ]
    for (const other of others) {
      assert.is(isKey(`${name} ${other}`), false, `${kind} ${other}`)
      assert.is(readKey(`${name} ${other} me`), undefined, `${kind} ${other}`)
    }
  }
})
