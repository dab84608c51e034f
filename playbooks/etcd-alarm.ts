import { pick, playbook, z } from 'coxswain'
import { etcdAlarmClear, etcdHealthy, etcdResponds } from 'coxswain/tasks'
import { clusterVars, oneCluster } from './one-cluster.ts'

/** It asks the others at their client URLs. */
const member = pick('a member of etcd that responds', { hosts: 'masters', prefer: [etcdResponds()] })

export default playbook({
  name: 'etcd-alarm',
  description:
    'Clears the alarms of etcd whose cause it can remove: a database that is full. One about corrupt data is refused, with what to do.',
  vars: z.object(clusterVars),
  requires: oneCluster,
  plays: ({ play }) => [
    play('no member has raised an alarm', {
      hosts: member,
      become: true,
      tasks: ({ group }) => [
        // a member with other data than the rest must not be defragmented, but replaced
        etcdAlarmClear({ alarm: 'CORRUPT' }),
        etcdAlarmClear({ alarm: 'NOSPACE' }),
        etcdHealthy({ members: group('masters').length }),
      ],
    }),
  ],
})
