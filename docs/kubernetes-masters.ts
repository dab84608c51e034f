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
`
