/** Jump hosts, on networks that this machine cannot reach directly. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import { LoginThrottles } from '../../../engine/connection/login-throttle.ts'
import { SshRoutes } from '../../../engine/connection/ssh/routes.ts'
import type { SshRequest } from '../../../engine/connection/ssh/routes.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { addNetworks } from '../../support/networks.ts'
import type { Network, Networks } from '../../support/networks.ts'
import { folderOf } from '../../support/folder.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { freePort, startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'

const test = suite('jump hosts', { needs: ['root', 'sshd', 'ssh', 'ip', 'network namespaces', 'ps'] })
const folder = folderOf(test)
let networks: Networks
let closed: Sshd
const servers: Sshd[] = []
const open: Connection[] = []

const blockOf = (name: string, sshd: Sshd, ...more: string[]): string =>
  [
    `Host ${name}`,
    `HostName ${sshd.address}`,
    `Port ${sshd.port}`,
    'User root',
    `IdentityFile ${sshd.keyFile}`,
    `UserKnownHostsFile ${sshd.knownHosts}`,
    ...more,
    '',
  ].join('\n')

const server = (index: number): Sshd => {
  const found = servers[index]
  if (found === undefined) throw new Error('the servers are not there')
  return found
}
const network = (index: number): Network => {
  const found = networks.all[index]
  if (found === undefined) throw new Error('the networks are not there')
  return found
}

test.before(async () => {
  networks = addNetworks(3, 71)
  for (const { name, address } of networks.all) servers.push(await startSshd([], { address, network: name }))
  closed = await startSshd(['AllowTcpForwarding no'], {
    address: network(0).address,
    network: network(0).name,
  })
})
test.after(async () => {
  await Promise.all([...servers, closed].map((sshd) => sshd.stop()))
  networks.remove()
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const usual = (): string[] => [
  blockOf('gw1', server(0)),
  blockOf('gw2', server(1), 'ProxyJump gw1'),
  blockOf('plain2', server(1)),
  blockOf('target', server(2), 'ProxyJump gw2'),
  blockOf('listed', server(2), 'ProxyJump gw1,plain2'),
]
const routesOf = (...blocks: string[]): ((wish: SshRequest) => Connection) => {
  const configFile = folder.write('config', blocks.join('\n'))
  const routes = new SshRoutes({ throttles: new LoginThrottles(), environment: {} })
  return (wish) => {
    const made = sshConnection(routes.to({ configFile, ...wish }))
    open.push(made)
    return made
  }
}
const text = async (from: Connection, script: string): Promise<string> =>
  (await from.execute({ script, purpose: 'query' })).stdout.toString()
const sessions = (index: number): number =>
  network(index)
    .sh(`ss -Htn state established "sport = :${server(index).port}"`)
    .trim()
    .split('\n')
    .filter(Boolean).length

test('a host two hops away is reached, and only through them', async () => {
  const to = routesOf(...usual())
  const from = (await text(to({ address: 'target' }), 'echo $SSH_CONNECTION')).split(' ')
  assert.equal(from.slice(2), [server(2).address, `${server(2).port}\n`])
  // the connection comes from the network of the second hop
  assert.match(from[0] ?? '', /^10\.213\.71\.9$/)
  await rejects(
    () => text(to({ address: 'target', proxyJump: 'none', connectTimeout: 1 }), 'true'),
    'connect-failed',
    `cannot connect to root@${server(2).address}`,
  )
})

test('a list of hops is followed in its order, by ssh and by us', async () => {
  const to = routesOf(...usual())
  assert.is(await text(to({ address: 'listed' }), 'echo in'), 'in\n')
  assert.is(await text(to({ address: 'plain2', proxyJump: 'gw1' }), 'echo in'), 'in\n')
})

test('all hosts beyond a hop share one login on it, which ends with the last of them', async () => {
  const to = routesOf(...usual())
  const last = to({ address: 'target' })
  const others = Array.from({ length: 11 }, () => to({ address: 'target' }))
  const hosts = [last, ...others]
  await Promise.all(hosts.map((host) => text(host, 'true')))
  assert.equal([sessions(0), sessions(1), sessions(2)], [1, 1, 12])
  await Promise.all(others.map((host) => host.close()))
  assert.equal([sessions(0), sessions(1)], [1, 1])
  assert.is(await text(last, 'echo on'), 'on\n')
  await last.close()
  await until(() => sessions(0) + sessions(1) + sessions(2) === 0)
})

test('each hop presents its own key: an unknown or changed one is refused there', async () => {
  const empty = folder.write('empty', '')
  const unknown = routesOf(blockOf('gw2', { ...server(1), knownHosts: empty }, 'ProxyJump gw1'), ...usual())
  const hop = `root@${server(1).address}:${server(1).port}`
  await rejects(
    () => text(unknown({ address: 'target' }), 'true'),
    'host-key-unknown',
    `on the way to root@${server(2).address}:${server(2).port}: [${server(1).address}]:${server(1).port} presents the`,
  )
  const other = folder.write('other', `[${server(0).address}]:${server(0).port} ${server(2).hostPublicKey}\n`)
  const changed = routesOf(blockOf('gw1', { ...server(0), knownHosts: other }), ...usual())
  const error = await rejects(
    () => text(changed({ address: 'target' }), 'true'),
    'host-key-changed',
    `on the way to root@${server(2).address}:${server(2).port}: on the way to ${hop}: [${server(0).address}]`,
  )
  assert.equal(error.place, { file: other, line: 1 })
})

test('a host with key checking does not use a hop that another host trusted without', async () => {
  const empty = folder.write('empty', '')
  const to = routesOf(blockOf('gw1', { ...server(0), knownHosts: empty }), ...usual())
  const careless = to({ address: 'plain2', proxyJump: 'gw1', checking: 'off' })
  assert.is(await text(careless, 'echo in'), 'in\n')
  await rejects(
    () => text(to({ address: 'plain2', proxyJump: 'gw1' }), 'true'),
    'host-key-unknown',
    'on the way to',
  )
})

test('the key of the host itself is checked at the end of the path', async () => {
  const empty = folder.write('empty', '')
  const to = routesOf(blockOf('target', { ...server(2), knownHosts: empty }, 'ProxyJump gw2'), ...usual())
  await rejects(() => text(to({ address: 'target' }), 'true'), 'host-key-unknown', /^\[10/)
})

test('a hop that refuses the login is named', async () => {
  // key files are added up in ssh_config, so the usual block of the hop is missing
  const others = usual().filter((block) => !block.startsWith('Host gw2'))
  const to = routesOf(
    blockOf('gw2', { ...server(1), keyFile: server(0).keyFile }, 'ProxyJump gw1'),
    ...others,
  )
  const hop = `root@${server(1).address}:${server(1).port}`
  await rejects(
    () => text(to({ address: 'target' }), 'true'),
    'auth-failed',
    `on the way to root@${server(2).address}:${server(2).port}: ${hop} refuses the login: the server accepts publickey`,
  )
})

test('errors of the last hop are reported: no listener, or not allowed', async () => {
  const to = routesOf(...usual(), blockOf('closed', closed))
  const port = await freePort()
  await rejects(
    () => text(to({ address: 'target', port }), 'true'),
    'connect-failed',
    `root@${server(1).address}:${server(1).port} cannot connect to ${server(2).address}:${port}: Connection refused`,
  )
  const error = await rejects(
    () => text(to({ address: 'gw2', proxyJump: 'closed' }), 'true'),
    'connect-failed',
    /cannot connect to .*: (administratively prohibited|open failed)/,
  )
  assert.match(error.hint, 'AllowTcpForwarding')
})

test('a lost hop is connected again', async () => {
  const to = routesOf(...usual())
  const host = to({ address: 'target' })
  await text(host, 'true')
  network(0).sh(`kill $(pgrep -P $(cat ${join(server(0).folder, 'pid')}))`)
  await until(async () => (await text(host, 'echo again').catch(() => '')) === 'again\n')
  assert.is(sessions(0), 1)
})

test('a path that leads through itself is refused', async () => {
  const to = routesOf('Host *\nProxyJump gw1', ...usual())
  await rejects(() => text(to({ address: 'gw1' }), 'true'), 'connect-failed', 'leads through itself')
})

test('a ProxyCommand provides the connection, and its last output is reported', async () => {
  const config = folder.write('for-command', usual().join('\n'))
  const to = routesOf(
    blockOf('by-command', server(2), `ProxyCommand ssh -F ${config} -W %h:%p gw2`),
    blockOf('broken', server(2), `ProxyCommand sh -c 'echo no way for %r >&2; exit 7'`),
    blockOf('silent', server(2), 'ProxyCommand true'),
  )
  assert.is(await text(to({ address: 'by-command' }), 'echo in'), 'in\n')
  await rejects(
    () => text(to({ address: 'broken', connectTimeout: 2 }), 'true'),
    'connect-failed',
    'the ProxyCommand exited with 7: no way for root',
  )
  await rejects(
    () => text(to({ address: 'silent', connectTimeout: 1 }), 'true'),
    'connect-failed',
    'cannot connect',
  )
})

test('a host name never becomes a command of the shell that starts a ProxyCommand', async () => {
  const mark = join(folder.path, 'mark')
  const to = routesOf('Host odd', 'HostName a`id`', 'Host *', `ProxyCommand sh -c 'exit 7' %h %r`)
  // newer versions of ssh refuse them already when queried
  const refused = /in a ProxyCommand|invalid characters/
  for (const user of [`$(touch ${mark})`, `a;touch ${mark}`])
    await rejects(() => text(to({ address: 'any', user }), 'true'), 'connect-failed', refused)
  await rejects(() => text(to({ address: 'odd' }), 'true'), 'connect-failed', refused)
  assert.is(existsSync(mark), false)
})
