/** The playbooks that keep a control plane, on a real cluster of three masters. The tests depend on each other in their order. */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const masters = ['m1', 'm2', 'm3']

/** Writes 30 values of 1 MiB and compacts them: then most of the database is free. */
const fillAndCompact = `
cd /etc/kubernetes/pki/etcd
ask() { curl -sSf --cacert ca.crt --cert healthcheck-client.crt --key healthcheck-client.key -d @- "https://127.0.0.1:2379/v3/$1"; }
value=$(head -c 1048576 /dev/zero | base64 -w0)
for number in $(seq 30); do printf '{"key":"ZmlsbA==","value":"%s"}' "$value" | ask kv/put >/dev/null || exit; done
revision=$(echo '{"key":"ZmlsbA=="}' | ask kv/deleterange | sed 's/.*"revision":"\\([0-9]*\\)".*/\\1/')
echo "{\\"revision\\":\\"$revision\\",\\"physical\\":true}" | ask kv/compaction`

for (const release of e2eOperations) {
  const test = suite(`three masters of Kubernetes ${release} are kept`, { seconds: 2400 })

  const folder = folderOf(test)
  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('operations-etcd', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)

  /** `--check` says what the run does, and a second run changes nothing. */
  const changesAsPredicted = async (playbook: string, ...words: readonly string[]): Promise<string[]> => {
    const check = await cluster.succeed(playbook, '--check', ...words)
    const run = await cluster.succeed(playbook, ...words)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.equal(tasksWith(await cluster.succeed(playbook, ...words), 'changed'), [])
    await cluster.assertHealthy()
    return tasksWith(run, 'changed')
  }

  test('status: a healthy cluster has no faults, and a stopped kubelet is one', async () => {
    const faults = (result: CliResult): string[] =>
      failuresOf(result)
        .split('\n')
        .flatMap((line) => /^\s*fault +(.*)$/.exec(line)?.[1] ?? [])
    const healthy = await cluster.play('status')
    assert.ok([0, 3].includes(healthy.status ?? 1), healthy.stderr)
    assert.match(healthy.stdout, 'etcd: 3 members, 2 needed, 3 healthy: 1 more member can fail')
    assert.equal(faults(healthy), [])
    await on('m2', 'systemctl stop kubelet && mv /etc/kubernetes/manifests/etcd.yaml /root/')
    const lame = await cluster.play('status')
    assert.is(lame.status, 3)
    assert.equal(
      faults(lame).map((text) => text.replaceAll(/ +/g, ' ')),
      ['m2 /etc/kubernetes/manifests does not have a valid manifest of etcd', 'm2 kubelet is inactive'],
    )
    await on('m2', 'mv /root/etcd.yaml /etc/kubernetes/manifests/ && systemctl start kubelet')
    await cluster.assertHealthy()
  })

  test('etcd-defrag: each member shrinks, one after the other', async () => {
    await on('m1', fillAndCompact)
    const size = (host: string) => on(host, 'stat -c %s /var/lib/etcd/member/snap/db')
    const before = await Promise.all(masters.map(size))
    const changed = await changesAsPredicted('etcd-defrag', '-e', 'etcd_defrag_min_free=10')
    assert.is(changed.length, 3)
    const after = await Promise.all(masters.map(size))
    for (const index of masters.keys())
      assert.ok(
        Number(after[index]) < Number(before[index]) - 10 * 1024 * 1024,
        `${String(before)} ${String(after)}`,
      )
  })

  test('etcd-backup: a snapshot is taken, proven, and fetched', async () => {
    const dest = folder.at('backups')
    const words = ['-e', `etcd_backup_dest=${dest}`]
    assert.is((await changesAsPredicted('etcd-backup', ...words)).length, 3)
    const [name = '', ...others] = readdirSync(dest)
    assert.equal(others, [])
    assert.match(name, /^[\d.]+-\d{8}T\d{6}Z-r\d+\.db$/)
    // etcd ends a snapshot with the SHA-256 of what is before
    const bytes = readFileSync(`${dest}/${name}`)
    const sum = createHash('sha256').update(bytes.subarray(0, -32)).digest()
    assert.equal(bytes.subarray(-32), sum)
    assert.is(await on('m1', 'ls -A /var/backups/etcd'), `${name}\n${name}.proven`)
  })

  test('etcd-restore: the writes after the snapshot are gone, those before it are there', async () => {
    const dest = folder.at('restored')
    const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'
    await on('m1', `${kubectl} create configmap before`)
    await cluster.succeed('etcd-backup', '-e', `etcd_backup_dest=${dest}`, '-e', 'etcd_backup_max_age=1')
    const [name = ''] = readdirSync(dest)
    await on('m1', `${kubectl} create configmap after`)
    const words = ['-e', `etcd_restore_snapshot=${dest}/${name}`]

    const refused = await cluster.play('etcd-restore', ...words)
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'every write in between is lost')
    await cluster.assertHealthy()

    const accepted = [...words, '-e', 'etcd_restore_accept_loss=true']
    const limited = await cluster.play('etcd-restore', ...accepted, '--limit', 'm1')
    assert.is(limited.status, 2)
    assert.match(failuresOf(limited), 'this run does not include m2, m3')
    await cluster.assertHealthy()

    const check = await cluster.succeed('etcd-restore', '--check', ...accepted)
    const run = await cluster.succeed('etcd-restore', ...accepted)
    const changed = tasksWith(run, 'changed')
    const predicted = tasksWith(check, 'would change')
    assert.equal(
      predicted.filter((task) => !changed.includes(task)),
      [],
    )
    // the record that the last play removes does not exist under --check
    assert.equal(
      changed.filter((task) => !predicted.includes(task)),
      masters.map((host) => `${host}: file: no file /etc/coxswain/etcd-restore`),
    )
    await cluster.assertHealthy()
    assert.is(
      await on('m2', `${kubectl} get configmap before after --ignore-not-found -o name`),
      'configmap/before',
    )
    for (const host of masters)
      await on(
        host,
        'ls -d /var/lib/etcd/before-restore-*/member && test ! -e /var/lib/etcd-restore && test ! -e /etc/coxswain/etcd-restore',
      )
    await on('m1', `${kubectl} create configmap later`)
    // clients that know later revisions do not see them again with other data
    const version = await on('m3', `${kubectl} get configmap later -o 'jsonpath={.metadata.resourceVersion}'`)
    assert.ok(Number(version) > 1_000_000_000, version)
    await cluster.assertHealthy()
  })

  test('renew-certs: certificates that expire soon are renewed, and used', async () => {
    // kubeadm itself makes certificates for 10 days; v1beta4 has a setting for that
    for (const host of masters)
      await on(
        host,
        `cd /etc/coxswain && sed 's/^kind: ClusterConfiguration$/&\\ncertificateValidityPeriod: 240h/' kubeadm.yaml >/root/short.yaml && kubeadm certs renew all --config /root/short.yaml && rm /root/short.yaml`,
      )
    const serial = (host: string): Promise<string> =>
      on(
        host,
        'echo | openssl s_client -connect 127.0.0.1:2379 2>/dev/null | openssl x509 -noout -enddate; for port in 10257 10259; do echo | openssl s_client -connect 127.0.0.1:$port 2>/dev/null | openssl x509 -noout -serial; done',
      )
    const before = await serial('m2')
    const changed = await changesAsPredicted('renew-certs')
    assert.is(changed.filter((task) => task.includes('kubeadm-renew')).length, 3)
    assert.is(changed.filter((task) => task.includes('static-pods-restart')).length, 3)
    const after = await serial('m2')
    for (const [index, line] of before.split('\n').entries()) assert.is.not(after.split('\n')[index], line)
    for (const host of masters) {
      assert.is(await on(host, 'cmp /etc/kubernetes/admin.conf /root/.kube/config'), '')
      assert.is(
        await on(host, 'ls /etc/coxswain /etc/kubernetes/restarting'),
        '/etc/coxswain:\nkubeadm.yaml\n\n/etc/kubernetes/restarting:',
      )
    }
  })

  test('renew-certs: a static pod that a killed run has left stopped is started again', async () => {
    await on('m3', 'mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/restarting/')
    const changed = await changesAsPredicted('renew-certs')
    assert.equal(changed.length, 1)
  })
}
