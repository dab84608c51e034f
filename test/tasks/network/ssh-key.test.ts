import { generateKeyPairSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { sshKey } from '../../../tasks/network/ssh-key.ts'
import { sent, sentAs, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-key')

const accounts = 'tasks/system/accounts'
const publicKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA${'a'.padEnd(42, 'A')} root@host`

/** Fields of a blob, each preceded by its length. */
const blobOf = (...fields: readonly (string | Buffer)[]): string =>
  Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  ).toString('base64')

/** A line with a new public key of RSA. */
const rsaLine = (bits: number): string => {
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({
    format: 'jwk',
  })
  const modulus = Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')])
  return `ssh-rsa ${blobOf('ssh-rsa', Buffer.from(e, 'base64url'), modulus)} root@host`
}

/** ~/.ssh of root: the mode of the private key, and the public one. */
interface Pair {
  readonly mode: string
  readonly line: string | undefined
}

/** A host whose root has a pair; the program that makes keys is called with these words, and makes another one. */
const world = (
  before: Pair | undefined,
  words: readonly string[],
  after: Pair,
  name = 'id_ed25519',
): World => {
  let now = before
  return {
    replies: {
      [sent(`${accounts}/ssh-owner.sh`, 'root')]: '',
      [sentAs('root', 'tasks/network/ssh-key.sh', ...words)]: () => ((now = after), ''),
      [sentAs('root', `${accounts}/ssh-stat.sh`, name, `${name}.pub`)]: () =>
        `${now?.mode ?? ''}\n${now?.line === undefined ? '' : 'there\n'}`,
      [sentAs('root', `${accounts}/ssh-read.sh`, `${name}.pub`)]: () =>
        `root 700\n${now?.line === undefined ? '\n' : `644\n${now.line}\n`}`,
    },
  }
}

const complete: Pair = { mode: '600', line: publicKey }

test('a key pair is created on the host, as its user', async () => {
  const words = ['pair', 'root@host', 'id_ed25519', '-t', 'ed25519']
  const run = await rehearse(sshKey({}), world(undefined, words, complete))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [sentAs('root', 'tasks/network/ssh-key.sh', ...words)])
})

test('an incomplete key pair is completed from the private key', async () => {
  const words = ['public', 'me', 'id_ed25519', '-t', 'ed25519']
  const run = await rehearse(
    sshKey({ comment: 'me' }),
    world({ mode: '644', line: undefined }, words, complete),
  )
  assert.is(run.outcome, 'changed', String(run.error))
})

test('of a complete key pair, only the mode is corrected', async () => {
  const words = ['nothing', 'root@host', 'id_ed25519', '-t', 'ed25519']
  const run = await rehearse(sshKey({}), world({ mode: '644', line: publicKey }, words, complete))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'mode of ~root/.ssh/id_ed25519', from: '0644', to: '0600' }])
})

test('a key with fewer bits is replaced only if that is asked for', async () => {
  const [short, long] = [rsaLine(2048), rsaLine(3072)]
  const words = ['pair', 'root@host', 'id_rsa', '-t', 'rsa', '-b', '3072']
  const host = (): World => world({ mode: '600', line: short }, words, { mode: '600', line: long }, 'id_rsa')
  const given = { type: 'rsa', bits: 3072 } as const
  const refused = await rehearse(sshKey(given), host())
  assert.match(
    String(refused.error),
    '~root/.ssh/id_rsa is rsa of 2048 bits, not a key of the type rsa with 3072 bits',
  )
  const run = await rehearse(sshKey({ ...given, regenerate: true }), host())
  assert.equal(run.changes, [
    { what: '~root/.ssh/id_rsa', from: 'rsa of 2048 bits', to: 'a key of the type rsa with 3072 bits' },
  ])
  assert.is(run.outcome, 'changed', String(run.error))
  const enough = await rehearse(sshKey({ type: 'rsa', bits: 2048 }), host())
  assert.is(enough.outcome, 'ok', String(enough.error))
})

test('a host key has a path, and belongs to the acting user', async () => {
  const path = '/etc/ssh/ssh_host_rsa_key'
  const [short, long] = [rsaLine(2048), rsaLine(3072)]
  const task = sshKey({ path, type: 'rsa', bits: 3072, comment: '', regenerate: true })
  const run = await rehearse(task, {
    files: { [path]: { content: 'old', mode: '0600' }, [`${path}.pub`]: `${short}\n` },
    patterns: [
      [
        sentPattern('tasks/network/ssh-key-at.sh', String.raw`\./ssh_host_rsa_key '' -t rsa -b 3072`),
        (_, files) => {
          files.set(path, { content: 'new', mode: '0600' })
          files.set(`${path}.pub`, { content: `${long}\n` })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  const half = await rehearse(sshKey({ path, type: 'rsa' }), {
    files: { [path]: { content: 'old', mode: '0640' } },
    patterns: [[/^ssh-keygen -y -P '' -f \.\/ssh_host_rsa_key$/, `${short}\n`]],
  })
  assert.is(half.files.get(`${path}.pub`)?.content, `${short}\n`, String(half.error))
})

test('a user that does not exist yet is unknown in the check, and an error in the run', async () => {
  const run = await rehearse(sshKey({ user: 'ghost' }), {
    replies: {
      [sentAs('ghost', `${accounts}/ssh-stat.sh`, 'id_ed25519', 'id_ed25519.pub')]: { code: 9 },
      [sentAs('ghost', `${accounts}/ssh-read.sh`, 'id_ed25519.pub')]: { code: 9 },
    },
  })
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'the user ghost does not exist on')
})

test('bits that a type does not have are refused', () => {
  assert.throws(() => sshKey({ bits: 4096 }), /ed25519 always the same/)
  assert.throws(() => sshKey({ type: 'rsa', bits: 1024 }), /rsa has 2048/)
  assert.throws(() => sshKey({ type: 'ecdsa', bits: 255 }), /ecdsa 256/)
})
