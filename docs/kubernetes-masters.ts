/** The part of docs/kubernetes.md about masters that leave and are replaced, with what was printed on three masters of the lab. */

/** A section below the operations. */
export const masters = `### Removing and replacing masters

A master that leaves moves from the group \`masters\` to the group \`removed_masters\` in the inventory. \`remove-master\` checks the quorum
without it, drains its node, takes it from the load balancer, moves leadership of etcd to another member, removes its member and its Node,
and resets the host. Nothing is changed if the others would not have a quorum. The first master is like any other.

\`\`\`text
$ npx run playbooks/remove-master.ts -i inventory.yaml
play 1/5: etcd keeps its quorum without them (1 host)
  m1  > 3 members, 2 needed, 3 healthy; after removing m3: 2 members, 2 needed, 2 healthy: no further loss is tolerated
  m1  ok       etcd keeps its quorum without m3  0.3 s

play 2/5: their pods run elsewhere (1 host)
  m1  > evicting 1 pod of m3
  m1  changed  node m3 is drained  11.1 s

play 3/5: the load balancer sends nothing to them (1 host)
  lb1  changed  load balancer on port 6443 for m1, m2  2.2 s

play 4/5: they leave the cluster, one at a time (1 host)
  m3  changed  the etcd member does not lead  2.1 s
  m3  > removing the etcd member m3: 3 members, 2 needed, 3 healthy; after removing m3: 2 members, 2 needed, 2 healthy: no further loss is tolerated
  m3  changed  nothing of kubeadm at 10.77.5.13  11.0 s

play 5/5: the cluster is healthy without them (1 host)
  m1  ok       etcd has 2 healthy members  0.9 s
  …
\`\`\`

- A host that does not come back: \`-e lost_masters=true\`. It is not connected to; its Node is deleted and its member removed by another
  master. This is refused while its kubelet still reports. If the host starts again, run \`reset-node\` on it before anything else.
- A host that can be reached but is damaged, without a kubelet or without etcd data, is removed as a healthy one is. Its node is only
  cordoned, because no kubelet could end its pods.
- \`replace-master\` is \`remove-master\` and then \`ha-masters\`: with the new machine in \`masters\`, the old member is removed before the new
  one is added. A new machine with the name and address of the lost one needs only \`ha-masters\`, which removes the old member and the old Node itself.
- More masters: add them to the group \`masters\` and run \`ha-masters\`. It adds one at a time, and changes nothing on those that are there
  except where they differ from the inventory. There is no other playbook for it.
- Drains respect PodDisruptionBudgets. One that never allows an eviction is refused before its node is cordoned; one that blocks for
  five minutes ends the run with its name, and the node takes new pods again. In both cases the load balancer is unchanged. With several
  masters that leave, those that were drained before stay drained and cordoned. A killed run leaves it cordoned with the annotation
  \`coxswain/cordoned\`: run again, or end it with \`npx run node-uncordon --hosts m1 node=m3 -i inventory.yaml\`. A node that an administrator has cordoned stays cordoned.

### A disk for etcd

A disk can be mounted as \`/var/lib/etcd\` or \`/var/lib/etcd/member\`. Resets remove what is on it, and leave it mounted, with lost+found. An empty one does not count
as data, and kubeadm gets an argument to accept the folder (\`DirAvailable--var-lib-etcd\`), also with copies of former data in it; files of others there are still refused.

- Where it is mounted as \`/var/lib/etcd/member\`, \`etcd-restore\` keeps the former data in \`/var/lib/etcd/member/before-restore-TIME\`, on the same disk; a reset removes that with the
  rest. \`recover-quorum\` keeps its copy in \`/var/lib/etcd/before-recover-TIME\`, on the other disk, and needs room there.
- A master whose join was interrupted, or that has lost its data, is reset before it joins again. That is refused while volumes below its folders stay mounted, as on workers:
  they are named, nothing in them is deleted, and the kubelet is started again. An interrupted join leaves its member listed then.
- A host without data of etcd whose \`/etc/fstab\` names one of these folders, with nothing mounted there, is not initialised, joined or reset to join: its data can be on that disk.
- A disk below the folder of the member, such as \`/var/lib/etcd/member/wal\`, is not supported: \`etcd-restore\` and resets before a join refuse it, before they stop anything.
- The programs have been tried with real mounts, not with a cluster.
`
