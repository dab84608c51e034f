/** A cluster without a load balancer of its own: each master has one, and the address of the endpoint moves between them. */
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { say } from '../../../lab/say.ts'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { until } from '../../support/until.ts'

const masters = ['m1', 'm2', 'm3']
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'
const port = 8443

const inventorySchema = z.object({
  all: z.object({ vars: z.looseObject({}), children: z.looseObject({}) }),
})

/** Lets the masters be the load balancers, with a virtual IP. */
const shareEndpoint = (inventory: string, virtual: string): void => {
  const { all } = inventorySchema.parse(parse(readFileSync(inventory, 'utf8')))
  const vars = { ...all.vars, virtual_ip: virtual, control_plane_endpoint: `${virtual}:${port}` }
  const loadbalancers = { hosts: Object.fromEntries(masters.map((name) => [name, {}])) }
  writeFileSync(inventory, stringify({ all: { vars, children: { ...all.children, loadbalancers } } }))
}

for (const release of e2eOperations) {
  const test = suite(`the endpoint of Kubernetes ${release} moves between masters`, { seconds: 1800 })

  let cluster: Cluster
  let virtual = ''
  test.before(async () => {
    cluster = await freshCluster('virtual-ip', release)
    const [lb] = cluster.lab.hosts
    virtual = `${lb?.address.replace(/\d+$/, '')}200`
    shareEndpoint(cluster.lab.inventory, virtual)
  })
  test.after(() => cluster.remove())

  /** The masters that have the address. */
  const holders = async (): Promise<string[]> => {
    const found = await Promise.all(
      masters.map(async (name) => {
        const { stdout } = await cluster.lab.exec(name, 'ip -o -4 addr show dev eth0')
        return stdout.includes(` ${virtual}/32 `) ? [name] : []
      }),
    )
    return found.flat()
  }

  /** Waits until an API server answers at the endpoint, as another host sees it; returns the seconds. */
  const answersOn = async (host: string): Promise<number> => {
    const began = performance.now()
    await cluster.on(
      host,
      `until curl -skf --max-time 1 https://${virtual}:${port}/readyz >/dev/null; do sleep 0.1; done`,
    )
    return (performance.now() - began) / 1000
  }

  /** Takes something from the holder, and waits until the address answers another host. */
  const moves = async (what: string, command: string): Promise<string> => {
    const [holder = ''] = await holders()
    const observer = masters.find((name) => name !== holder) ?? ''
    await cluster.on(holder, command)
    const seconds = await answersOn(observer)
    say(`${what}: ${virtual} answers again after ${seconds.toFixed(1)} s`)
    return holder
  }

  test('the cluster is built through it, one master has it, and the second run changes nothing', async () => {
    await cluster.succeed('ha-masters')
    await cluster.assertHealthy()
    assert.is((await holders()).length, 1)
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
  })

  test('it moves when haproxy ends on its holder, and does not come back by itself', async () => {
    const holder = await moves('haproxy ends', 'systemctl stop haproxy')
    const [next] = await holders()
    assert.is.not(next, holder)
    await cluster.on(holder, 'systemctl start haproxy; systemctl is-active haproxy')
    await answersOn(holder)
    assert.equal(await holders(), [next])
  })

  test('a holder whose keepalived is killed does not keep it beside the next one', async () => {
    const holder = await moves('keepalived is killed', 'pkill -KILL -x keepalived')
    const observer = masters.find((name) => name !== holder) ?? ''
    await cluster.on(holder, 'until systemctl is-active -q keepalived; do sleep 0.1; done')
    await until(async () => (await holders()).length === 1)
    await answersOn(observer)
  })

  test('it moves when its holder is cut off, and the cluster goes on', async () => {
    const holder = await moves('a link is cut', 'ip link set eth0 down')
    const observer = masters.find((name) => name !== holder) ?? ''
    const server = `--server https://${virtual}:${port}`
    assert.match(await cluster.on(observer, `${kubectl} ${server} get nodes -o name`), `node/${holder}`)
    await cluster.on(holder, 'ip link set eth0 up')
    await cluster.on(
      observer,
      `${kubectl.replace('=20s', '=0')} wait --for=condition=Ready node --all --timeout=300s`,
    )
    assert.is((await holders()).length, 1)
    await cluster.succeed('ha-masters')
    await cluster.assertHealthy()
  })
}
