/** Failures of etcd in control planes of kubeadm. */
import type { Failure } from './failures.ts'

const memberAdd = 'test/tasks/kubernetes/etcd-member-add.test.ts'
const join = 'test/tasks/kubernetes/kubeadm-join.test.ts'
const masters = 'test/support/ha-masters.ts'
const operations = 'test/e2e/operations/etcd-and-certificates.test.ts'

export const failuresOfEtcd: readonly Failure[] = [
  {
    what: 'A second member is added, and until it starts there is no quorum: the API server is away',
    reported: ['https://etcd.io/docs/v3.6/op-guide/runtime-configuration/'],
    answer: 'prevented',
    how: 'With `strategy: phases`, a member is added when the kubelet of its host runs, as a learner from etcd 3.4 on, and its manifest is written at once. With `kubeadm join`, kubeadm adds it: as a learner from 1.29 on, before that as a voting member, and a join that was interrupted then is continued.',
    tests: [
      [memberAdd, 'a new member is added under its own name'],
      [join, 'an interrupted join that had added its member starts that first, then joins again'],
      [masters, 'phases: the run does what --check predicted'],
    ],
  },
  {
    what: 'A run is repeated, and etcd says "Peer URLs already exists"',
    reported: ['kubeadm#2095'],
    answer: 'prevented',
    how: 'The members are listed first, and compared by their peer URL: one that has started is ok, one that has not is started.',
    tests: [
      [memberAdd, 'a member that was added and never started is not added again'],
      [masters, '${strategy}: killed at a random time, the next run completes the cluster'],
    ],
  },
  {
    what: 'etcd says "not enough started members"',
    reported: ['kubeadm#1846'],
    answer: 'refused',
    how: 'While another member has not started, none is added; the error names it.',
    tests: [
      [memberAdd, 'while another member has not started, no member is added'],
      [join, 'while a member does not respond or has not voted yet, no host joins'],
    ],
  },
  {
    what: 'Masters join at the same time, and etcd refuses one of them',
    reported: ['kubeadm#2005', 'kubeadm#1646'],
    answer: 'prevented',
    how: 'Masters are prepared in parallel, and join one at a time.',
    tests: [[masters, 'join: the run does what --check predicted']],
  },
  {
    what: 'A learner never becomes a voting member',
    reported: ['kubeadm#2997', 'kubeadm#3269'],
    answer: 'healed',
    how: 'A learner that has started is promoted, also that of another host, before the next step.',
    tests: [
      [memberAdd, 'a started learner is promoted'],
      [join, 'a started learner is promoted, and then the host joins'],
    ],
  },
  {
    what: 'A member was promoted or removed, and the answer was lost',
    reported: ['https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.34.md'],
    answer: 'prevented',
    how: 'The members are read again before a change counts as failed, and before it is made again.',
    tests: [[memberAdd, 'a change whose answer is lost is looked for, and not made again']],
  },
  {
    what: 'A master is lost, its member stays in the list, and its successor cannot join',
    reported: ['kubeadm#1300', 'kubeadm#1432', 'wksctl#284'],
    answer: 'healed',
    how: 'The member of a host that lost its data is removed first, while the others have a quorum, if its successor has the same address. For another address, `playbooks/replace-master.ts` removes it.',
    tests: [
      [memberAdd, 'a host that lost its data is removed from the list first, and then added'],
      [join, 'a control-plane node that lost its data is removed from the list, and joins again'],
      [masters, 'a lost control-plane node is rebuilt, although it was the first'],
    ],
  },
  {
    what: 'A host has the data of a former etcd, which does not belong to a member',
    reported: ['kubeadm#1674'],
    answer: 'refused',
    how: 'Data is never overwritten; `playbooks/reset.ts` removes it on request. Preflight warns of remains of a cluster.',
    tests: [
      [memberAdd, 'data that does not belong to a member is not overwritten'],
      [join, 'unclear states are left to a person'],
    ],
  },
  {
    what: 'A snapshot is restored on one master only, and the others do not join it',
    reported: ['kubeadm#2071'],
    answer: 'prevented',
    how: '`playbooks/etcd-restore.ts` restores all masters from the same snapshot, and refuses a run that leaves one out.',
    tests: [
      [
        'test/tasks/kubernetes/etcd-restore-stop.test.ts',
        'nothing is stopped unless every master takes part',
      ],
      [operations, 'etcd-restore: the writes after the snapshot are gone'],
    ],
  },
  {
    what: 'Two of three masters are gone',
    reported: ['kubeadm#2188'],
    answer: 'healed',
    how: 'No member is added or removed without a quorum. `playbooks/recover-quorum.ts` makes the last member a cluster of its own, on its own data, after it has printed what could be lost, and only with `-e recover_quorum_accept_loss=true`.',
    tests: [
      [
        'test/e2e/operations/recover-quorum.test.ts',
        'recover-quorum: the last member keeps its data, and is the only one',
      ],
      [join, 'a cluster whose etcd does not respond is not joined, and nothing is removed'],
      [memberAdd, 'a member that lost its data stays in the list if the others do not have a quorum'],
    ],
  },
  {
    what: 'After an upgrade from etcd 3.5 to 3.6, members that were removed long ago are there again',
    reported: ['https://etcd.io/blog/2025/zombie_members_upgrade/', 'etcd#20967'],
    answer: 'refused',
    how: '`playbooks/upgrade.ts` refuses the step to etcd 3.6 from an etcd before 3.5.26. Status names members that are not in the inventory.',
    tests: [
      ['test/tasks/kubernetes/upgrade/findings.test.ts', 'etcd 3.5 before 3.5.26 is not upgraded to 3.6'],
      [
        'test/tasks/kubernetes/cluster-state/findings.test.ts',
        'members that are not of the inventory, and a node without one',
      ],
    ],
  },
  {
    what: "Arguments of one master's etcd are in the configuration of the cluster, and the next master that joins takes them over",
    reported: ['kubeadm#1468'],
    answer: 'prevented',
    how: 'From 1.13 on, no configuration has arguments that belong to one master.',
    tests: [
      [
        'test/tasks/kubernetes/write-config.test.ts',
        'from 1.13 on, no configuration has arguments of etcd, because every later node would inherit them',
      ],
    ],
  },
  {
    what: 'Up to 1.12, etcd listens on the loopback address only, and other masters cannot join',
    reported: ['kubeadm#1269', 'kubeadm#1950'],
    answer: 'prevented',
    how: "The configuration of these versions names the host's own address as well.",
    tests: [
      ['test/tasks/kubernetes/write-config.test.ts', 'v1alpha3 has all arguments of etcd, in two documents'],
    ],
  },
  {
    what: 'On slow disks, etcd changes its leader while a master joins, and requests fail',
    reported: ['website#17870'],
    answer: 'healed',
    how: 'Members get time to respond, and what was interrupted is continued. Status shows how long each member takes to write to its disk.',
    tests: [
      [memberAdd, 'the other members get time to respond: etcd could have just restarted'],
      ['test/tasks/kubernetes/cluster-state/findings.test.ts', 'a slow disk'],
    ],
  },
  {
    what: '`kubeadm reset` only warns that it could not remove the member',
    reported: ['kubernetes#81071', 'wksctl#284'],
    answer: 'prevented',
    how: 'reset-node removes the member itself, reads the list of the others again, and only then removes the data.',
    tests: [
      [
        'test/tasks/kubernetes/reset-node.test.ts',
        'the etcd member and the Node are removed first, then everything else',
      ],
      [
        'test/tasks/kubernetes/leave-cluster.test.ts',
        'a reset that was interrupted after the member was removed continues',
      ],
      [masters, 'reset removes the cluster, and a second reset changes nothing'],
    ],
  },
  {
    what: 'The database of etcd reaches its quota, and the cluster accepts no writes: "mvcc: database space exceeded"',
    reported: ['https://etcd.io/docs/v3.6/op-guide/maintenance/'],
    answer: 'healed',
    how: '`playbooks/etcd-alarm.ts` compacts, which the API server cannot do without writes, defragments one member after the other, the leader last, and clears the alarm NOSPACE when every member has room. Otherwise it says how full each is, and the alarm stays. Status warns from 80 % of the quota on.',
    tests: [
      [
        'test/tasks/kubernetes/etcd-alarm-clear.test.ts',
        'NOSPACE stays while a database is full, with its size',
      ],
      [
        'test/e2e/operations/etcd-alarm.test.ts',
        'NOSPACE is healed: compacted, defragmented, cleared, as --check says',
      ],
    ],
  },
  {
    what: 'A member of etcd has other data than the rest, and the alarm CORRUPT is raised',
    reported: ['https://etcd.io/docs/v3.6/op-guide/data_corruption/'],
    answer: 'refused',
    how: 'No playbook clears the alarm while that member is in the cluster. The error names it, and how it is replaced by one with the data of the others. An alarm that etcd raises without a member, from 3.5.6 on, counts as that of the cluster: the members are to be compared first, and it is cleared only with force.',
    tests: [
      [
        'test/tasks/kubernetes/etcd-alarm-clear.test.ts',
        'CORRUPT is not cleared while its member is in the cluster',
      ],
      [
        'test/tasks/kubernetes/etcd-alarm-clear.test.ts',
        'CORRUPT of no member, as etcd raises it from 3.5.6 on, is that of the cluster',
      ],
      ['test/e2e/operations/etcd-alarm.test.ts', 'CORRUPT is named, and not cleared'],
    ],
  },
]
