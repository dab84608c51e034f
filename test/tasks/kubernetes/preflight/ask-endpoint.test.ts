/** The program that asks the endpoint, at servers of this machine. */
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readShellFile } from '../../../../engine/shell-file.ts'
import { preflightStateIn } from '../../../../tasks/kubernetes/preflight/read.ts'
import type { EndpointState } from '../../../../tasks/kubernetes/preflight/types.ts'
import { suite } from '../../../support/spec.ts'
import { times } from './a-host.ts'

const test = suite('asking the endpoint')

const file = new URL('../../../../tasks/kubernetes/preflight/read-host.sh', import.meta.url)

/** What the program says of the endpoint at a port of this machine. */
const ask = async (port: number, folder = '/nonexistent'): Promise<EndpointState | undefined> => {
  const program = readShellFile(file).replaceAll('/etc/kubernetes', folder)
  const child = spawn('sh', ['-c', program, 'sh', '/var/lib/etcd', '', 'localhost', String(port)])
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  await new Promise((resolve) => child.once('close', resolve))
  return preflightStateIn(text, times, false).endpoint
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** Makes a certificate that has signed itself, for the name localhost or another one. */
const make = (folder: string, name: string, names: string): void => {
  const options = `-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name} -addext subjectAltName=DNS:${names} -keyout ${name}.key -out ${name}.crt`
  const { status, stderr } = spawnSync('openssl', ['req'].concat(options.split(' ')), {
    cwd: folder,
    encoding: 'utf8',
  })
  assert.is(status, 0, stderr)
}

test('the program tells what answers on this machine', { needs: ['curl'] }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'preflight-'))
  const servers: Server[] = []
  const open = (server: Server): Promise<number> => {
    servers.push(server)
    return listening(server)
  }
  try {
    assert.is((await ask(1))?.answer, 'closed')
    assert.is((await ask(await open(createServer((socket) => socket.destroy()))))?.answer, 'accepts')
    const plain = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'))
    })
    assert.is((await ask(await open(plain)))?.answer, 'http')
    mkdirSync(join(folder, 'pki'))
    make(folder, 'one', 'localhost')
    make(folder, 'two', 'localhost')
    make(folder, 'three', 'elsewhere.example')
    const serve = (name: string): Promise<number> =>
      open(
        createTlsServer(
          {
            key: readFileSync(join(folder, `${name}.key`)),
            cert: readFileSync(join(folder, `${name}.crt`)),
          },
          (_, response) => response.end('{}'),
        ),
      )
    const [one, three] = [await serve('one'), await serve('three')]
    const said = async (port: number, authority?: string): Promise<string> => {
      if (authority !== undefined)
        copyFileSync(join(folder, `${authority}.crt`), join(folder, 'pki', 'ca.crt'))
      const { answer, certificate } = (await ask(port, authority === undefined ? undefined : folder)) ?? {}
      return `${answer} ${certificate}`
    }
    assert.is(await said(one), 'answers undefined')
    assert.is(await said(one, 'one'), 'answers own')
    assert.is(await said(one, 'two'), 'answers other')
    assert.is(await said(three, 'three'), 'answers names')
    assert.ok((await ask(one))?.addresses?.includes('127.0.0.1'))
  } finally {
    for (const server of servers) server.close()
    rmSync(folder, { recursive: true })
  }
})
