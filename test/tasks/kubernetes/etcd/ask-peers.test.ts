/** What ask-peers.sh says of members that do not answer: only one that nothing connects to is `silent`. */
import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { folderOf } from '../../../support/folder.ts'
import { programPath } from '../../../support/needs.ts'
import { sent } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('ask-peers', { needs: ['dash', 'busybox', 'curl'] })
const folder = folderOf(test)
const program = 'tasks/kubernetes/etcd/ask-peers.sh'

const install = (name: string, text: string): void =>
  chmodSync(folder.write(name, `#!/bin/sh\n${text}\n`), 0o755)

folder.write('pki/none', '')
execFileSync(
  'openssl',
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout peer.key -out peer.crt'.split(
    ' ',
  ),
  { stdio: 'ignore', cwd: folder.at('pki') },
)
execFileSync('cp', ['peer.crt', 'ca.crt'], { cwd: folder.at('pki') })

const ask = (shell: readonly string[], path: string, url: string): string => {
  const [name = '', ...more] = shell
  const out = execFileSync(programPath(name) ?? name, [...more, '-c', sent(program, folder.at('pki'), url)], {
    encoding: 'utf8',
    env: { PATH: path },
  })
  const [at = '', what = '', text = ''] = out.trim().split('\t')
  assert.is(at, url)
  assert.not.match(text, /local_port|\d+\.\d+ \d+$/)
  return what
}

for (const tool of ['tr', 'cut']) install(`kubectl/${tool}`, `exec ${programPath(tool)} "$@"`)

for (const shell of [['dash'], ['busybox', 'sh']]) {
  // the last one counts: the tests need not wait as long as the program
  install('curl/curl', `exec ${programPath('curl')} "$@" --max-time 1`)
  const path = `${folder.at('curl')}:${process.env['PATH'] ?? ''}`

  test(`${shell[0]}: a member that accepts the connection, and does not answer, is not silent`, async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const url = `https://127.0.0.1:${address.port}`
    try {
      assert.is(ask(shell, path, url), 'unasked')
    } finally {
      await new Promise((done) => server.close(done))
    }
    assert.is(ask(shell, path, url), 'silent')
  })

  // what curl 7.88, 7.29 and 8.19 say
  for (const [said, what] of [
    ['0.000269 34850', 'unasked'],
    ['0.000 34850', 'unasked'],
    ['0.000000 0', 'silent'],
    ['0.000000 -1', 'silent'],
  ] as const)
    test(`${shell[0]}: a timeout with the time and the port ${said} is ${what}`, () => {
      install('timeout/curl', `printf 'curl: (28) timed out\\n%s' '${said}'; exit 28`)
      assert.is(
        ask(shell, `${folder.at('timeout')}:${process.env['PATH'] ?? ''}`, 'https://10.0.0.2:2380'),
        what,
      )
    })

  // what kubectl 1.32 says of a port that refuses, of one that drops packets, and of servers that stop at each step
  for (const [said, what] of [
    [
      'The connection to the server 10.0.0.2:2380 was refused - did you specify the right host or port?',
      'silent',
    ],
    [
      'Unable to connect to the server: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      'silent',
    ],
    ['Unable to connect to the server: dial tcp 10.0.0.2:2380: connect: no route to host', 'silent'],
    ['Unable to connect to the server: dial tcp 10.0.0.2:2380: i/o timeout', 'silent'],
    ['Unable to connect to the server: net/http: TLS handshake timeout', 'unasked'],
    [
      'Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'unasked',
    ],
  ] as const)
    test(`${shell[0]}: ${what}, without curl: ${said}`, () => {
      install('kubectl/kubectl', `echo '${said}' >&2; exit 1`)
      assert.is(ask(shell, folder.at('kubectl'), 'https://10.0.0.2:2380'), what)
    })
}
