import * as assert from 'uvu/assert'
import { explainOpenssh, judgeOpenssh } from '../../engine/connection/process/openssh-words.ts'
import { suite } from '../support/spec.ts'

const test = suite('messages of OpenSSH')

const explained = (said: string, code: number | undefined = 255): string => {
  const { code: word, message } = explainOpenssh('m1', { code, said })
  return `${word}: ${message}`
}

const cases: readonly (readonly [said: string, words: string])[] = [
  [
    'ssh: connect to host m1 port 22: Connection refused\r\n',
    'connect-failed: cannot connect to m1: ssh: connect to host m1 port 22: Connection refused',
  ],
  [
    'ssh: Could not resolve hostname m1: Name or service not known\r\n',
    'connect-failed: cannot connect to m1: ssh: Could not resolve hostname m1: Name or service not known',
  ],
  [
    'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 127.0.0.1 port 22\r\n',
    'connect-failed: cannot connect to m1: Connection closed by 127.0.0.1 port 22',
  ],
  [
    'Welcome. Permission is granted to staff only.\nroot@m1: Permission denied (publickey).\r\n',
    'auth-failed: m1 refuses the login: root@m1: Permission denied (publickey).',
  ],
  [
    'Received disconnect from ::1 port 22:2: Too many authentication failures\r\nDisconnected from ::1 port 22\r\n',
    'auth-failed: m1 refuses the login: Received disconnect from ::1 port 22:2: Too many authentication failures',
  ],
  [
    'No ED25519 host key is known for m1 and you have requested strict checking.\r\nHost key verification failed.\r\n',
    'host-key-unknown: m1: No ED25519 host key is known for m1 and you have requested strict checking.',
  ],
  ['Host key verification failed.\r\n', 'host-key-unknown: m1: Host key verification failed.'],
  ['', 'connect-failed: cannot connect to m1: ssh exited with 255'],
]
for (const [said, words] of cases) {
  test(words, () => assert.is(explained(said), words))
}

test('a changed key is reported with its fingerprint and the line of the old one', () => {
  const { code, message, place } = explainOpenssh('m1', {
    code: 255,
    said: [
      '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@',
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
      'The fingerprint for the ED25519 key sent by the remote host is',
      'SHA256:abc.',
      'Offending ED25519 key in /root/.ssh/known_hosts:3',
      'Host key verification failed.',
      '',
    ].join('\r\n'),
  })
  assert.equal(
    [code, message, place],
    [
      'host-key-changed',
      'm1 presents a key that differs from the recorded one: SHA256:abc',
      { file: '/root/.ssh/known_hosts', line: 3 },
    ],
  )
})

test('a revoked key is not reported as a changed one', () => {
  const { code, message } = explainOpenssh('m1', {
    code: 255,
    said: '@       WARNING: REVOKED HOST KEY DETECTED!               @\r\nHost key verification failed.\r\n',
  })
  assert.equal([code, message], ['host-key-changed', 'm1 presents a revoked key'])
})

test("any other status is the login shell's", () => {
  assert.is(
    explained('This account is currently not available.\n', 1),
    'shell-failed: the login shell did not start /bin/sh (exit status 1): This account is currently not available.',
  )
  assert.is(explained('', 1), 'shell-failed: the login shell did not start /bin/sh (exit status 1)')
})

test('a signal that ended ssh is named', () => {
  assert.is(
    explainOpenssh('m1', { code: undefined, said: '' }).message,
    'cannot connect to m1: ssh exited with a signal',
  )
})

test('dropped, unreachable and final failures', () => {
  const judged = (said: string): string => judgeOpenssh(explainOpenssh('m1', { code: 255, said }))
  for (const said of [
    'kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 127.0.0.1 port 22\r\n',
    'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 127.0.0.1 port 22\r\n',
    'kex_exchange_identification: banner line contains invalid characters\r\n',
  ])
    assert.is(judged(said), 'busy', said)
  for (const said of [
    'ssh: connect to host m1 port 22: Connection refused\r\n',
    'ssh: connect to host m1 port 22: No route to host\r\n',
    'Connection timed out during banner exchange\r\nConnection to 127.0.0.1 port 22 timed out\r\n',
  ])
    assert.is(judged(said), 'away', said)
  for (const said of [
    'ssh: Could not resolve hostname m1: Name or service not known\r\n',
    'root@m1: Permission denied (publickey).\r\n',
    'Host key verification failed.\r\n',
  ])
    assert.is(judged(said), 'final', said)
  assert.is(judged(''), 'away')
  assert.is(judgeOpenssh(new Error('Connection reset')), 'final')
})
