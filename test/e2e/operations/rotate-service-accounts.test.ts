/** The playbook that replaces the service account key, on real masters and a worker. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const masters = ['m1', 'm2', 'm3']
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'
const record = '/etc/coxswain/rotate-service-accounts/key.json'

/** A pod that asks each API server with its mounted token, read each time, with the curl of its host; it prints the status of each answer. */
const caller = (node: string, image: string, servers: readonly string[]): string => {
  const ask = String.raw`chroot /host curl -q -sk --noproxy '*' --max-time 5 -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $token" https://$server/api/v1/namespaces/default`
  const loop = `while :; do for server in ${servers.join(' ')}; do token=$(/bin/busybox cat /var/run/secrets/kubernetes.io/serviceaccount/token); ${ask}; done; /bin/busybox sleep 0.3; done`
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `caller-${node}` },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      tolerations: [{ operator: 'Exists' }],
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
      containers: [
        {
          name: 'call',
          image,
          imagePullPolicy: 'Never',
          command: ['/bin/busybox', 'sh', '-c', loop.replaceAll('chroot', '/bin/busybox chroot')],
          volumeMounts: [{ name: 'host', mountPath: '/host' }],
        },
      ],
    },
  })
}

/** A Secret with a token, as an operator makes it. */
const tokenSecret = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/service-account-token',
  metadata: { name: 'ci', annotations: { 'kubernetes.io/service-account.name': 'default' } },
})

for (const release of e2eOperations) {
  const test = suite(`the service account key of Kubernetes ${release} is replaced`, { seconds: 3600 })

  let cluster: Cluster
  let made: string[] = []
  let image = ''
  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const addressOf = (host: string): string =>
    cluster.lab.hosts.find(({ name }) => name === host)?.address ?? ''

  test.before(async () => {
    cluster = await freshCluster('sa-e2e', release, { workers: 1 })
    await cluster.succeed('ha-masters')
    await cluster.succeed('workers')
    image = await on(
      'm1',
      `${kubectl} -n kube-flannel get ds kube-flannel-ds -o 'jsonpath={.spec.template.spec.containers[0].image}'`,
    )
  })
  test.after(() => cluster.remove())

  const madeBeforeNow = (): string[] => [
    '-e',
    `rotate_service_accounts_made_before=${new Date().toISOString()}`,
  ]
  const apply = (text: string): Promise<string> => on('m1', `echo '${text}' | ${kubectl} apply -f -`)
  const callers = ['m1', 'w1']

  const startCallers = async (): Promise<void> => {
    const servers = [...masters.map((host) => `${addressOf(host)}:6443`), '10.96.0.1:443']
    for (const node of callers)
      await on(
        'm1',
        `cat <<'END' | ${kubectl} apply -f -\n${caller(node, image, servers)}\nEND\n${kubectl} wait --for=condition=Ready --timeout=90s pod/caller-${node}`,
      )
  }
  /** The counts of the answers to the pods, such as `403: 812`. */
  const answers = async (node: string): Promise<Map<string, number>> => {
    const text = await on('m1', `${kubectl} logs caller-${node} | sort | uniq -c`)
    return new Map(
      text.split('\n').map((line) => {
        const [count = '', status = ''] = line.trim().split(/\s+/)
        return [status, Number(count)]
      }),
    )
  }
  /** Asserts that the token of no pod was refused, and that they have asked all the time without being started again. */
  const assertNoneRefused = async (least: number): Promise<void> => {
    for (const node of callers) {
      const counts = await answers(node)
      // 403: the token is accepted, and the account is not allowed to read that; 000: an API server that is being restarted
      const others = [...counts.keys()].filter((status) => !['403', '000'].includes(status))
      assert.equal(others, [], `${node}: ${JSON.stringify([...counts])}`)
      assert.ok((counts.get('403') ?? 0) > least, `${node}: ${JSON.stringify([...counts])}`)
      const restarts = `${kubectl} get pod caller-${node} -o 'jsonpath={.status.containerStatuses[0].restartCount}'`
      assert.is(await on('m1', restarts), '0')
    }
  }
  /** The HTTP status that each API server gives to a token in a file. */
  const statuses = async (file: string): Promise<string[]> =>
    Promise.all(
      masters.map((host) =>
        on(
          'm1',
          `curl -q -sk --noproxy '*' -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $(cat ${file})" https://${addressOf(host)}:6443/api/v1/namespaces/default`,
        ),
      ),
    )
  const keys = (host: string): Promise<string> =>
    on(host, 'sha256sum /etc/kubernetes/pki/sa.key /etc/kubernetes/pki/sa.pub')

  test('the key is replaced while pods call the API: none is refused, and a token from before is refused in the end', async () => {
    await startCallers()
    const before = await keys('m1')
    await on('m1', `${kubectl} create token default --duration=24h >/root/long`)
    assert.equal(await statuses('/root/long'), ['403', '403', '403'])
    made = madeBeforeNow()
    const check = await cluster.succeed('rotate-service-accounts', ...made, '--check')
    assert.is(await keys('m1'), before)
    await on('m1', 'test ! -e /etc/coxswain/rotate-service-accounts')
    const run = await cluster.succeed('rotate-service-accounts', ...made)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    await assertNoneRefused(500)
    assert.equal(await statuses('/root/long'), ['401', '401', '401'])
    await on('m1', `${kubectl} create token default >/root/short`)
    assert.equal(await statuses('/root/short'), ['403', '403', '403'])
    const after = await keys('m1')
    assert.is.not(after, before)
    for (const host of masters) {
      assert.is(await keys(host), after)
      assert.is(await on(host, "stat -c '%a %U' /etc/kubernetes/pki/sa.key"), '600 root')
      await on(host, `test ! -e ${record}`)
      assert.is(await on(host, 'find /etc/coxswain/replaced -perm /077'), '')
    }
    await cluster.assertHealthy()
  })

  test('a second run changes nothing, and neither does ha-masters', async () => {
    assert.equal(tasksWith(await cluster.succeed('rotate-service-accounts', ...made), 'changed'), [])
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
    await assertNoneRefused(500)
  })

  test('a Secret with a token stops the next replacement by its name, until it may be renewed', async () => {
    await apply(tokenSecret)
    await on(
      'm1',
      `for i in 1 2 3 4 5 6 7 8 9 10; do ${kubectl} get secret ci -o 'jsonpath={.data.token}' | base64 -d >/root/ci; [ -s /root/ci ] && break; sleep 1; done`,
    )
    assert.equal(await statuses('/root/ci'), ['403', '403', '403'])
    made = madeBeforeNow()
    const stopped = await cluster.play('rotate-service-accounts', ...made)
    assert.is(stopped.status, 2)
    assert.match(failuresOf(stopped), '1 Secret would keep tokens of the former key: default/ci')
    await on('m1', `test ! -e ${record}`)
    assert.equal(await statuses('/root/ci'), ['403', '403', '403'])
    assert.equal(await statuses('/root/short'), ['403', '403', '403'])
    const renew = [...made, '-e', 'rotate_service_accounts_renew_secrets=true']
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    const until = ['-e', `rotate_service_accounts_accept_former_until=${tomorrow}`]
    await cluster.succeed('rotate-service-accounts', ...renew, ...until)
    assert.equal(await statuses('/root/short'), ['403', '403', '403'])
    // the copy is not what the Secret has any more
    assert.equal(await statuses('/root/ci'), ['401', '401', '401'])
    const again = await cluster.succeed('rotate-service-accounts', ...renew, ...until)
    assert.equal(tasksWith(again, 'changed'), [])
    assert.match(failuresOf(await cluster.play('ha-masters')), 'rotate-service-accounts has left')
    // the time is kept on the hosts
    assert.equal(tasksWith(await cluster.succeed('rotate-service-accounts', ...renew), 'changed'), [])
    assert.equal(await statuses('/root/short'), ['403', '403', '403'])
    const now = ['-e', 'rotate_service_accounts_accept_former_until=now']
    await cluster.succeed('rotate-service-accounts', ...renew, ...now)
    assert.equal(await statuses('/root/short'), ['401', '401', '401'])
    await on('m1', `${kubectl} get secret ci -o 'jsonpath={.data.token}' | base64 -d >/root/ci`)
    assert.equal(await statuses('/root/ci'), ['403', '403', '403'])
    await assertNoneRefused(1000)
    assert.equal(tasksWith(await cluster.succeed('rotate-service-accounts', ...renew), 'changed'), [])
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
    await cluster.assertHealthy()
  })
}
