/** The part of docs/kubernetes.md about the network of the pods. */

/** A section below the operations. */
export const network = `### Changing the network of the pods

\`ha-masters\` installs a network on a cluster that does not have one, \`cni\` does so at any later time, changes it one node at a time, and removes it. Both use the same variables:

| variable | |
|---|---|
| \`cni_manifest\` | \`flannel\`, \`calico\`, \`cilium\`, a path on this machine, a URL, or \`none\` |
| \`cni_version\` | the version of \`flannel\`, \`calico\` or \`cilium\`; by default one that is pinned here |
| \`cni_manifest_sha256\` | the checksum of the manifest as it is published; a URL needs it |
| \`cni_mtu\` | the MTU of the network between the nodes; in a file, \`{{mtu}}\` is replaced |

flannel was installed, changed and removed in this way on three masters of Kubernetes 1.37, also by runs that were killed and by an image that does not exist. Calico, Cilium and manifests of your own are applied in the same way, and are **not proven here**.

Install or change:

\`\`\`sh
npx run playbooks/cni.ts -i inventory.yaml -e cni_version=v0.28.10 --check
npx run playbooks/cni.ts -i inventory.yaml -e cni_version=v0.28.10
\`\`\`

- Another network that is there is named, and nothing is applied over it. To change from one to another, or flannel to other networks, another backend or another MTU: remove it, then
  install the next one.
- Networks in a manifest of flannel, Calico or Cilium must be those of the pods (\`pod_subnet\`), which must be those of the cluster; for flannel, those that the nodes have as well. For both families,
  flannel and cilium get both networks.
- A network that runs is changed node by node: its DaemonSets keep their pods (update strategy \`OnDelete\`) until the pods of one node are replaced, are ready for 5 s, and the node is
  Ready. Then its test pod is started again, and must reach the pods of all other nodes, the service, DNS, and the ports of the nodes. Only then the next node follows. A changed ConfigMap or Secret of the
  manifest restarts the pods as well. What an operator makes of a manifest is rolled out by the operator.
- The run ends at the first node on which the network does not work, and names the nodes that keep their former pods. Correct the manifest, or set the former one, and run again. After that, or after an interruption,
  the trials follow when all nodes have the new pods, because the network can be broken on some.
- \`cni_test_image\` is an image with busybox for the trials (\`docker.io/library/busybox:1.37\`); \`-e cni_test=false\` leaves them out. \`cni_image_archives\` is a folder of image archives on
  the nodes, which are loaded first. Nodes that are not Ready forbid a change.
- The cluster keeps a record of what was applied and did not exist before (ConfigMap \`kube-system/coxswain-pod-network\`). What a newer manifest lacks is removed at the end if the record has it; what was there
  before, namespaces and CustomResourceDefinitions stay, and are named. \`-e cni_take_over=true\` records objects that were there before, as of a cluster that \`adopt\` has read.

Remove:

\`\`\`sh
npx run playbooks/cni.ts -i inventory.yaml -e cni_manifest=none -e cni_remove=true
\`\`\`

- Without \`cni_remove\`, the run is refused, and names what it would remove. A network that others installed is left as it is.
- Pods that need the network are named; \`-e cni_accept_pods=true\` accepts that they end. Those with a controller start again when there is another network; those without one are not deleted, and named. CoreDNS does not count.
- On each node of the inventory, files of the manifest in \`/etc/cni/net.d\`, the devices, folders and firewall rules of the network are removed; those of kube-proxy and of other programs stay. A node that the inventory lacks
  is named.
- A removal that was interrupted is completed by the same command; until then, nothing else is applied.

kube-proxy changes from iptables to nftables or ipvs with \`kube_proxy: { mode: nftables }\` in the inventory and \`reconfigure\`, which restarts its pods and puts the former mode back if they do not work.
`
