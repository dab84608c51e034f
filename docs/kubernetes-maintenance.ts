/** The part of docs/kubernetes.md about reboots and updates of masters, and about alarms of etcd, with what was printed in the lab. */

/** Sections below the operations. */
export const maintenance = `### Rebooting and updating masters

\`maintenance\` takes one master at a time out of use, works on it, and brings it back, the leader of etcd last. By default the work is a reboot.

- \`maintenance_reboot\`: \`always\`, \`needed\` (only masters that request it: \`/run/reboot-required\`, \`needs-restarting\`), or \`never\` (with packages or a command).
- \`maintenance_packages: true\` upgrades the packages of each master before the reboot, with apt or dnf, except those of \`maintenance_except\`:
  Kubernetes and the container runtime, which \`upgrade\` is for.
- \`maintenance_command\` runs a command on each master, after the packages and before the reboot.
- \`maintenance_drain: false\` leaves pods on their node. PodDisruptionBudgets are respected otherwise, as in \`remove-master\`.
- \`--limit m2\` takes only some masters; the others must be healthy all the same.

\`\`\`text
$ npx run playbooks/maintenance.ts -i inventory.yaml
  …
play 4/6: the masters that follow, one at a time (2 hosts)
  m2  ok       the control plane is complete  0.9 s
  m2  > 3 members, 2 needed, 3 healthy; while m2 is away: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  m2  ok       etcd can do without this member for some time  0.0 s
  m2  > evicting 2 pods of m2
  m2  changed  node m2 is drained  7.0 s
  m2  changed  the load balancer does not use m2 (on lb1)  0.4 s
  m2  ok       the etcd member does not lead  0.0 s
  …
  m2  > up again after 8 s
  m2  changed  reboot  7.6 s
  …
  m2  ok       the control plane is complete  5.7 s
  m2  changed  the load balancer uses m2 (on lb1)  0.7 s
  m2  changed  node m2 is not cordoned by Coxswain  0.7 s
  …
play 5/6: the leader of etcd (1 host)
  …
  m1  changed  the etcd member does not lead  0.5 s
  …
\`\`\`

(These masters are containers, which boot within seconds; all three took 1 min 04 s.)

What is done:

- All masters must be up, all API servers ready, all members of etcd healthy and all nodes Ready, before the first master is touched and before and after each
  of them, and once more before its reboot. Otherwise the run is refused, or waits, where an earlier one goes on. With one or two masters, etcd has no quorum meanwhile: \`-e
  maintenance_accept_outage=true\` accepts that.
- The node is drained. The load balancers of the group \`loadbalancers\` open no new connections to it. Leadership of etcd moves to another member. Then the
  work is done; the host must come back with another boot ID. When the control plane is complete again, the load balancers use it, and the node takes
  pods again, unless an administrator had cordoned it.
- A run that was interrupted goes on when the same command is run again, also while a master boots: \`/etc/coxswain/maintenance\` says what is due and what is
  done. A boot counts only if the run has asked for it; packages and a command that were interrupted are done again. Other work is another
  maintenance, for all masters, and so is the same work after a day. The record is removed at the end; a run that is killed right then can reboot again the
  masters that do not have it any more.
- A login that is refused ends the run: a master that refuses logins of others than root while it boots needs another attempt a moment later.
- The only master is not taken from its load balancer, nor is the last one that is ready there: where the others are drained, disabled or down, the drain is refused, with
  their names. What the load balancer cannot ask, as without curl, is not refused.
- Connections that are open when a load balancer is reloaded go on, in the former process of haproxy, until they end.
- A drained master that is left after a failure: \`npx run load-balancer-undrain --hosts lb1 server=m2 -i inventory.yaml\` and \`npx run node-uncordon
  --hosts m1 node=m2 -i inventory.yaml\` bring it back, and so does the next run.

### Healing an etcd that is full

When the database of a member reaches its quota (2 GiB, or \`etcd.quotaBackendBytes\`), it raises the alarm NOSPACE, and the cluster accepts no writes until
someone clears it. \`etcd-alarm\` compacts the history, which the API server cannot do any more, defragments one member after the other, the leader last,
and clears the alarm when every member is below 90 % of its quota.

- Where live data fills the database, the run fails with the sizes, and the alarm stays: delete objects, which etcd still accepts, or raise the quota on
  all members, and run again.
- It is refused unless every member responds, and where the disk of a member has no room for the copy that a defragmentation writes.
- CORRUPT, a member with other data than the rest, is named with what to do, and never cleared while that member is in the cluster. From 3.5.6 on, etcd also raises it for the cluster, without a member, where it cannot
  say which data is right: compare the members with \`etcdctl endpoint hashkv --cluster\` at one revision, and replace only a member of the minority; without a majority, restore a snapshot. That alarm is never cleared without \`force\`.
`
