/** The part of docs/kubernetes.md about workers, with what was printed on a master and two workers of the lab. */

/** A section after that of masters that leave. */
export const workers = `## Workers

The hosts of the group \`workers\` join the cluster of the group \`masters\`. Groups below it are pools, with variables of their own:

\`\`\`yaml
workers:
  children:
    gpu:
      vars:
        node_labels: { example.com/pool: gpu }
        node_taints: [{ key: example.com/gpu, value: 'yes', effect: NoSchedule }]
        kubelet_extra_args: { max-pods: '50' }
      hosts:
        w1: { address: 192.0.2.51 }
    web:
      hosts:
        w2: { address: 192.0.2.52 }
\`\`\`

\`\`\`text
$ npx run playbooks/workers.ts -i inventory.yaml
play 1/5: the cluster is the one of the inventory (1 host)
  m1  ok       the cluster has the configured settings  0.3 s
  m1  ok       the cluster answers at 10.77.1.10:6443  0.1 s

play 2/5: the hosts can be workers (2 hosts)
  w2  ok       w2 can be a worker  0.7 s
  w1  ok       w1 can be a worker  0.9 s

play 3/5: the workers join, all at the same time (2 hosts)
  …
  w1  changed  images of /opt/coxswain/images  26.4 s
  w2  changed  images of /opt/coxswain/images  26.6 s
  w2  changed  kubeadm join  4.8 s
  w1  changed  kubeadm join  4.9 s
  …
  w2  ok       node w2 is Ready (on m1)  2.4 s
  w1  ok       node w1 is Ready (on m1)  2.6 s
\`\`\`

- All workers are prepared and join at the same time. One that fails does not stop the others; the run then ends, and no worker leaves. Each joins with a token
  that a master makes for it alone, and that is deleted after the join. A killed run leaves the token, which expires after half an hour, and is simply run again:
  what its joins left is reset first.
- Hosts that cannot be workers are refused by name before anything is changed: control-plane nodes, nodes of another cluster, hosts whose name another machine has, and hosts whose programs do not go with the
  cluster. A kubelet must not be newer than any API server, nor older by more minor releases than the table of what differs says; kubeadm must be of the minor release of the
  cluster. To go on without such a host, or without one that cannot be reached: \`-l 'all:!w2'\`.
- With [\`install\`](#installing-programs), kubeadm, kubelet and a container runtime are installed on hosts that are not nodes yet.
- \`node_labels\` and \`node_taints\` are set again if someone changes or removes them. Those that the inventory no longer names are removed, unless someone has changed
  them since: the annotations \`coxswain/labels\` and \`coxswain/taints\` of the Node say what was set. All other labels and taints stay as they are. A new node has its taints from its
  registration on, so that no pod gets there before them.
- All kubelets of a cluster have one configuration (\`kubelet\`, \`cgroup_driver\`, \`fail_swap_on\`); a pool that wants another one is refused, and can have \`kubelet_extra_args\`.
- A worker with several addresses reports the one at which it is reached, unless \`node_ip\` has another one.
- \`kubelet_extra_args\` and \`node_ip\` are set when a worker joins. A worker that has others is refused with them, and with the file to change; one that the inventory no longer has is not found.
- A worker that the cluster does not have any more registers its Node again: its kubelet is restarted, and its pods stay. A reinstalled host takes over its old Node when that is no longer Ready, with the
  cordon, labels and taints that operators have set there. A worker whose kubelet does not report and has a certificate that has expired is refused with the dates and the ways out; it is not reset, as its pods still run.
- What an interrupted join left is not reset while volumes stay mounted: they are named.
- A second run changes nothing. \`--tags prepare\`, \`--tags join\` and \`--tags remove\` are parts of it.

### Removing workers

A worker that leaves moves from the group \`workers\` to the group \`removed_workers\`. Its node is drained, with respect for PodDisruptionBudgets as for masters, deleted, and the
host is reset. Hosts that are nodes of another cluster, of another name, or control-plane nodes are refused before that. A worker that moves back to \`workers\` before it was reset takes pods again, unless an administrator
has cordoned it.

A host that does not come back has \`lost_workers: true\`, or \`-e lost_workers=true\` for all of \`removed_workers\`. It is not connected to; its Node is deleted, so that its pods
are made again elsewhere. This is refused while its kubelet still reports. If the host starts again, its
kubelet registers the Node again, without the labels, the cordon and the taints that were set later, and takes pods; so it does where a run is killed between the deletion of the Node and the reset. Then take
\`lost_workers\` away and run again, which drains and resets it, or move it to \`workers\`. The playbook \`reset\` resets masters only: remove the workers before it.

What the playbook does not do: one worker that cannot be reached or is refused ends the run before any host joins (go on with \`-l 'all:!w2'\`); labels are set after the join, so that pods can get to a node before them; a label that is
set again by kubelets or a cloud controller (\`kubernetes.io/hostname\`, \`topology.kubernetes.io/…\`) is a change in each run. It does not give a new certificate to a kubelet whose certificate has expired.

### Upgrading workers

\`upgrade\` upgrades the workers of the inventory after the masters of each version: one alone, and then a fifth of them at a time. Each gets its programs and images, is drained, upgraded with
\`kubeadm upgrade node\`, and takes pods again when its node is Ready. The first one that fails ends the run. Nodes that are neither in \`masters\` nor in \`workers\` are named and stay as they are;
they must not become older than the API servers accept. \`status\` shows all of them.

What \`test/e2e/operations/workers.test.ts\` does has been run on the lab with Kubernetes 1.37: joins, also continued ones, labels and taints, removals, a lost worker, a
node of another cluster. Upgrades of workers have not been run there yet.
`
