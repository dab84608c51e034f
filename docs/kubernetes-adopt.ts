/** The section of docs/kubernetes.md about clusters that others made. */
export const adoption = `## A cluster that others made

\`adopt\` reads a cluster that kubeadm made, whoever ran it, and writes the variables with which \`ha-masters\` and the other playbooks keep it as it is. The inventory
has the hosts and how to reach them, and nothing else; the names of the hosts are those of their nodes:

\`\`\`yaml
all:
  vars: { user: ops, become: true }
  children:
    masters: { hosts: { m1: { address: 10.0.0.11 }, m2: { address: 10.0.0.12 }, m3: { address: 10.0.0.13 } } }
    workers: { hosts: { w1: { address: 10.0.0.21 } } }   # where workers are to be kept as well
\`\`\`

\`\`\`text
$ npx run playbooks/adopt.ts -i inventory.yaml --check        # what would be written
$ npx run playbooks/adopt.ts -i inventory.yaml                # writes group_vars/all/adopted.yaml beside the inventory
$ npx run playbooks/ha-masters.ts -i inventory.yaml --check   # nothing of the cluster differs
\`\`\`

- It changes nothing on any host. On this machine it writes \`group_vars/all/adopted.yaml\`, and \`host_vars/HOST/adopted.yaml\` for a master whose API server has another address
  than the inventory, both readable by you alone. \`adopt_folder\` names another folder than that of the inventory. A file that is there with other variables is not
  replaced: the run fails with the differences. Order and comments do not count.
- It reads \`kubeadm-config\`, \`kubelet-config\` and \`kube-proxy\`, static pods and kubelets of each master, names in certificates, taints, the nodes, and the members of etcd. What kubeadm sets by itself is
  not written down: kubeadm on the masters says that by its dry run, so the release must be 1.31 or later, and kubeadm of the same minor release must be on every master.
- What only \`ClusterConfiguration\` can say, such as \`networking.dnsDomain\`, is in \`kubeadm_config_merge\`. An argument that all masters run with, and that \`kubeadm-config\` does not have, is
  written as well; \`reconfigure\` then puts it into \`kubeadm-config\`, so that new masters get it.
- The pod network is left alone: \`cni_manifest\` is \`none\`, and the comment in the file names the network. \`manage_swap\` is false where a master has swap, and \`kube_users\` is empty where root does not
  have a copy of \`admin.conf\`.
- A value with \`{{\` in it is marked \`!unsafe\`: it stays text.

Everything else is a finding with what to do, and the run exits with 3; the file is written all the same:

| found | what to do |
|---|---|
| a setting that one master has alone, a changed static pod, a field of one kubelet | \`reconfigure\` makes it what kubeadm writes; or set it in the variables |
| control-plane nodes and members of etcd that the inventory does not have | add them, or \`remove-master\` |
| a key or certificate that all masters share (\`ca.key\` and seven others) is on no master, on some of them, or not the same | \`ha-masters\` copies them from the master that leads to all others, or fails without them: make them the same first |
| \`cluster-info\` is not there | \`ha-masters\` makes it, unless \`skip_phases\` has \`bootstrap-token\` |
| \`cni_manifest\`, \`manage_swap\` or \`container_service\` is set otherwise in the inventory | remove it there: \`ha-masters\` applies these without a comparison |
| volumes of static pods that were added by hand | write them into \`extraVolumes\`, with the arguments that name their files; until then, no argument of that program is taken over |
| audit policies and other files that programs read from the host | put them on a new master before it joins |
| encryption at rest | keep a copy of the file; \`rotate-keys\` replaces the key |
| arguments in \`/etc/default/kubelet\` or \`/etc/sysconfig/kubelet\` | a new master does not get them |
| variables and arguments of programs that can be secret | encrypt the file: \`run secret encrypt\` |
| a host of \`loadbalancers\` whose haproxy is configured otherwise | take it out of the group: \`ha-masters\` would replace its configuration |

It refuses, and writes nothing, for an external etcd, data of etcd in another folder than \`/var/lib/etcd\`, certificates in another folder than \`/etc/kubernetes/pki\`, a control-plane node without \`admin.conf\`, releases before 1.31, and a cluster without \`kubeadm-config\` or \`kubelet-config\`. How long kubeadm waits
(\`timeouts\`), \`patches\` and when images are pulled are not kept by a cluster: set them yourself.

What it does not see, and you must compare yourself:

- Workers are not read: swap and the container runtime are those of the masters, and the playbook \`workers\` would turn swap off on workers that have it (\`manage_swap: false\`).
- The \`--node-ip\` of a master whose address is that of the inventory is left on it, and not written down; nor are names that the certificate of one master has alone. A master that is replaced gets neither: set
  \`node_ip\` and \`cert_sans\`.
- Drop-ins of the kubelet's unit and \`--config-dir\` are not read.
- Every master of the inventory must be reached. Variables elsewhere in the inventory that have precedence over \`group_vars/all/adopted.yaml\` are only compared where the table names them.
- With one master, arguments that were added by hand are findings, and are not written down. If \`host_vars\` of a master cannot be written, \`group_vars\` has been written before.

**What \`ha-masters\` still changes** on the masters of such a cluster: it writes \`/etc/coxswain/kubeadm.yaml\`, its own record of the configuration, owners and modes of shared certificates and keys that are open further than kubeadm makes them, and modules and parameters of the
kernel that are not set at boot by any file. With \`loadbalancers\` in the inventory, it also installs and configures haproxy there.

Tried on Kubernetes 1.37, on three masters that a script made with networks, a DNS domain, names, arguments and settings of the kubelet of its own: after \`adopt\`, \`ha-masters --check\` would write
\`/etc/coxswain/kubeadm.yaml\` on each master, and nothing else; the run without \`--check\` did that (\`test/e2e/operations/adopt.test.ts\`). \`reconfigure\` then writes the ConfigMap kubeadm-config once, in the form of this project.

`
