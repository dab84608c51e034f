/** The playbook that replaces keys, on a real cluster of three masters. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const masters = ['m1', 'm2', 'm3']
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'
const file = '/etc/kubernetes/pki/encryption.yaml'
const etcd =
  'curl -s --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key https://127.0.0.1:2379/v3/kv/range'
/** How the values of all Secrets begin in etcd, each once. */
const prefixes = `${etcd} -d '{"key":"L3JlZ2lzdHJ5L3NlY3JldHMv","range_end":"L3JlZ2lzdHJ5L3NlY3JldHMw"}' | tr ',' '\\n' | sed -n 's/.*"value":"\\([^"]*\\)".*/\\1/p' | while read -r v; do echo "$v" | cut -c 1-64 | base64 -d 2>/dev/null | tr -d '\\0' | head -n 1 | cut -d : -f 1-5; done | LC_ALL=C sort -u`
/** Writes a Secret every two seconds through the API server of a host, and notes each that was accepted. */
const writer = (address: string): string =>
  `rm -f /root/stop /root/accepted; setsid sh -c 'i=0; while [ ! -e /root/stop ]; do i=$((i+1)); ${kubectl} --server https://${address}:6443 create secret generic writer-$(hostname)-$i --from-literal=i=$i >/dev/null 2>&1 && echo $i >>/root/accepted; sleep 2; done' >/dev/null 2>&1 </dev/null &`

for (const release of e2eOperations) {
  const test = suite(`the keys of three masters of Kubernetes ${release} are replaced`, { seconds: 3600 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('keys-e2e', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const addressOf = (host: string): string =>
    cluster.lab.hosts.find(({ name }) => name === host)?.address ?? ''
  const encrypts = [
    '-e',
    `api_server=${JSON.stringify({ extraArgs: { 'encryption-provider-config': file } })}`,
  ]
  const madeBeforeNow = (): string[] => [
    ...encrypts,
    '-e',
    `rotate_keys_made_before=${new Date().toISOString()}`,
  ]
  let rotateKeys: string[] = []

  const startWriters = async (): Promise<void> => {
    for (const host of masters) await on(host, writer(addressOf(host)))
  }
  /** Ends the writers, and asserts that each API server has every Secret that any of them has accepted. */
  const assertAllRead = async (): Promise<void> => {
    for (const host of masters) await on(host, 'touch /root/stop')
    for (const host of masters) {
      const accepted = (await on(host, 'cat /root/accepted')).split('\n').filter(Boolean)
      assert.ok(accepted.length > 10, `${host} has written ${accepted.length}`)
      for (const asked of masters) {
        const names = await on(
          'm1',
          `${kubectl} --server https://${addressOf(asked)}:6443 get secrets -o name`,
        )
        for (const number of accepted) assert.match(names, `secret/writer-${host}-${number}`)
      }
    }
  }

  test('rotate-keys: a cluster that does not encrypt is refused without a file, before anything is changed', async () => {
    const refused = await cluster.play('rotate-keys', '-e', 'rotate_keys_made_before=2026-01-01')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'does not encrypt at rest')
    await on('m1', 'test ! -e /etc/coxswain/rotate-keys')
  })

  test('rotate-keys: a cluster begins to encrypt while others write', async () => {
    rotateKeys = madeBeforeNow()
    await startWriters()
    const check = await cluster.succeed('rotate-keys', ...rotateKeys, '--check')
    const run = await cluster.succeed('rotate-keys', ...rotateKeys)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    await assertAllRead()
    assert.match(await on('m1', prefixes), /^k8s:enc:secretbox:v1:key-\d{8}t\d{6}z$/)
    assert.equal(tasksWith(await cluster.succeed('rotate-keys', ...rotateKeys), 'changed'), [])
    await cluster.assertHealthy()
    const sum = await on('m1', `sha256sum ${file}`)
    for (const host of masters) {
      assert.is(await on(host, `sha256sum ${file}`), sum)
      assert.is(await on(host, `stat -c '%a %U' ${file}`), '600 root')
      await on(host, 'test ! -e /etc/coxswain/rotate-keys/encryption.json')
    }
  })

  test('rotate-keys: a rotation that is ended in the middle is completed by the same command', async () => {
    rotateKeys = madeBeforeNow()
    const before = await on('m1', prefixes)
    await startWriters()
    const limited = await cluster.play('rotate-keys', ...rotateKeys, '--limit', 'm1')
    assert.is(limited.status, 2)
    assert.match(failuresOf(limited), 'm2 does not know the new key')
    const refused = await cluster.play('ha-masters', ...encrypts)
    assert.match(failuresOf(refused), 'rotate-keys has left')
    // what a run leaves that is killed right before a restart
    await on('m1', 'echo kube-apiserver >/etc/coxswain/restart-static-pods')
    await cluster.succeed('rotate-keys', ...rotateKeys)
    await assertAllRead()
    const after = await on('m1', prefixes)
    assert.match(after, /^k8s:enc:secretbox:v1:key-\d{8}t\d{6}z$/)
    assert.is.not(after, before)
    for (const host of masters) {
      // one of each test
      const kept = (await on(host, 'ls /etc/coxswain/replaced')).split('\n')
      assert.is(kept.length, 2)
      for (const name of kept) assert.match(name, /^encryption-before-key-\d{8}t\d{6}z\.yaml$/)
      assert.is(await on(host, 'find /etc/coxswain/replaced -perm /077'), '')
    }
    assert.equal(tasksWith(await cluster.succeed('ha-masters', ...encrypts), 'changed').length, 3)
    assert.equal(tasksWith(await cluster.succeed('ha-masters', ...encrypts), 'changed'), [])
  })
}
