/** `npm run demo`: everything from nothing, on this machine: hosts, three masters, proof. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { up } from './lab.ts'
import { LabError, say, step } from './say.ts'

const inventory = join('inventory', 'lab.yaml')

const run = async (words: readonly string[]): Promise<void> => {
  say(`\n$ npx run ${words.join(' ')}`)
  const child = spawn(process.execPath, ['bin/run.js', ...words], { stdio: 'inherit' })
  const [status] = await once(child, 'exit')
  if (status !== 0)
    throw new LabError(`run ended with ${status}`, 'see above; npm run lab -- status tells about the hosts')
}

const began = performance.now()
try {
  const lab = await up({ name: 'coxswain', masters: 3, plain: 0, inventory, fresh: false })
  await step('building the control plane', () => run(['playbooks/ha-masters.ts', '-i', inventory]))
  await step('the same once more, which changes nothing', () =>
    run(['playbooks/ha-masters.ts', '-i', inventory]),
  )
  say('\nlab: the proof, asked on m2:')
  const etcdctl =
    'ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt ' +
    '--cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
  for (const command of [
    'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes',
    `${etcdctl} member list`,
  ]) {
    const { stdout, stderr } = await lab.exec('m2', command)
    say(`$ ${command.startsWith('ETCD') ? 'etcdctl member list' : 'kubectl get nodes'}\n${stdout}${stderr}`)
  }
  say(`lab: all done in ${Math.round((performance.now() - began) / 1000)} s`)
  say('lab: look around with `npm run lab -- ssh m1`, take it apart with')
  say(`       npx run playbooks/reset.ts -i ${inventory}     the cluster`)
  say('       npm run lab -- down                            the hosts')
} catch (error) {
  const hint = error instanceof LabError ? `\n  hint: ${error.hint}` : ''
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}${hint}`)
  process.exitCode = 1
}
