/** The alarm of an etcd whose database is full, on a real cluster of three masters. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, taskEnds, tasksWith } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

/** Small enough to be filled in some seconds. */
const quota = 32 * 1024 * 1024

const ask = `
cd /etc/kubernetes/pki/etcd
ask() { curl -sS --cacert ca.crt --cert healthcheck-client.crt --key healthcheck-client.key -d @- "https://127.0.0.1:2379/v3/$1"; }`

/** Writes values of 1 MiB until etcd has no space left, to one key, or to keys that begin with a name. */
const fill = (name: 'one' | `round-${number}`): string => `${ask}
value=$(head -c 1048576 /dev/zero | base64 -w0)
for number in $(seq 100); do
  key=$(printf fill${name === 'one' ? '' : `-${name}-$number`} | base64)
  printf '{"key":"%s","value":"%s"}' "$key" "$value" | ask kv/put | grep 'database space exceeded' && exit
done
exit 1`

/** Deletes all keys that begin with `fill`: their range ends before `film`. */
const deleteAll = `${ask}
echo '{"key":"ZmlsbA==","range_end":"ZmlsbQ=="}' | ask kv/deleterange | grep deleted`

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'

for (const release of e2eOperations) {
  const test = suite(`an etcd of Kubernetes ${release} that is full`, { seconds: 1200 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('operations-alarm', release)
    await cluster.succeed('ha-masters', '-e', `etcd={"quotaBackendBytes":${quota}}`)
  })
  test.after(() => cluster.remove())

  const accepts = async (name: string): Promise<boolean> =>
    (await cluster.lab.exec('m2', `${kubectl} create configmap ${name}`)).code === 0

  test('without an alarm, nothing is done', async () => {
    assert.equal(tasksWith(await cluster.succeed('etcd-alarm'), 'changed'), [])
  })

  test('NOSPACE is healed: compacted, defragmented, cleared, as --check says', async () => {
    await cluster.on('m1', fill('one'))
    assert.not.ok(await accepts('refused'))
    const check = await cluster.succeed('etcd-alarm', '--check')
    assert.not.ok(await accepts('refused'))
    const run = await cluster.succeed('etcd-alarm')
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.is(tasksWith(run, 'changed').length, 1)
    assert.match(
      run.stdout,
      '3 members, 2 needed, 3 healthy; while m1 is defragmented: 3 members, 2 needed, 2 healthy',
    )
    assert.ok(await accepts('accepted'))
    assert.equal(tasksWith(await cluster.succeed('etcd-alarm'), 'changed'), [])
    await cluster.assertHealthy()
  })

  test('NOSPACE stays while the database is full of live data, and is healed once that is deleted', async () => {
    /** Fills it until a defragmentation is not enough: the first time, part of the file is free. */
    const filled = async (round = 1): Promise<CliResult> => {
      await cluster.on('m1', fill(`round-${round}`))
      const run = await cluster.play('etcd-alarm')
      return run.status === 0 && round < 4 ? filled(round + 1) : run
    }
    const full = await filled()
    assert.is(full.status, 2)
    assert.match(failuresOf(full), /still has [\d.]+ MiB of 32\.0 MiB, [\d.]+ MiB in use/)
    assert.not.ok(await accepts('refused'))
    await cluster.on('m1', deleteAll)
    assert.is(tasksWith(await cluster.succeed('etcd-alarm'), 'changed').length, 1)
    assert.ok(await accepts('accepted-again'))
    await cluster.assertHealthy()
  })

  test('CORRUPT is named, and not cleared', async () => {
    const members = await cluster.on('m1', `${ask}\necho '{}' | ask cluster/member/list`)
    const [, memberID = ''] = /"ID":"(\d+)", ?"name":"m3"/.exec(members) ?? []
    const alarm = (action: string): Promise<string> =>
      cluster.on(
        'm1',
        `${ask}\necho '{"action":"${action}","memberID":"${memberID}","alarm":"CORRUPT"}' | ask maintenance/alarm`,
      )
    await alarm('ACTIVATE')
    const refused = await cluster.play('etcd-alarm')
    assert.is(refused.status, 2)
    assert.match(
      failuresOf(refused),
      /the etcd member m3 at \S+ has raised CORRUPT, and is still in the cluster/,
    )
    assert.match(taskEnds(refused)[0]?.error?.hint ?? '', 'the alarm names m3')
    assert.match(await alarm('GET'), 'CORRUPT')
    await alarm('DEACTIVATE')
    await cluster.assertHealthy()
  })
}
