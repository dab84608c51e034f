/** The section of docs/kubernetes.md about new names and addresses of masters. */
export const rename = `## Other names and addresses of masters

\`rename-or-readdress\` gives masters the names and addresses of the inventory while the cluster serves. The former ones are read from the hosts themselves, so the
inventory has only the new ones: \`advertise_address\` for an address, the name of the host for the name of its node. The machine keeps its hostname.

\`\`\`yaml
masters:
  hosts:
    cp1: { address: 10.0.0.11, advertise_address: 10.0.0.111 }   # before: m1, 10.0.0.11
    m2: { address: 10.0.0.12, advertise_address: 10.0.0.112 }    # before: 10.0.0.12
    m3: { address: 10.0.0.13, advertise_address: 10.0.0.13 }
\`\`\`

\`\`\`text
$ npx run playbooks/rename-or-readdress.ts -i inventory.yaml --check
$ npx run playbooks/rename-or-readdress.ts -i inventory.yaml
\`\`\`

The task \`rejoin-plan\` says what will happen, with the quorum of etcd after each step:

\`\`\`text
m1 at 10.0.0.11 becomes cp1 at 10.0.0.111
m2 at 10.0.0.12 becomes m2 at 10.0.0.112
3 members, 2 needed, 3 healthy; after removing m1: 2 members, 2 needed, 2 healthy: no further loss is tolerated
2 members, 2 needed, 2 healthy; after adding cp1: 3 members, 2 needed, 3 healthy: 1 more member can fail
3 members, 2 needed, 3 healthy; after removing m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated
2 members, 2 needed, 2 healthy; after adding m2: 3 members, 2 needed, 3 healthy: 1 more member can fail
\`\`\`

Each master leaves the cluster, its member first, and joins it again with \`kubeadm join\`. A Node cannot be renamed, and the address of a master is in its manifests, its
certificates, its kubeconfigs and the flags of its kubelet: kubeadm writes all of them, so no file keeps a former one. The other way, to change the peer URL of the member and each file in place, is not taken: it would keep the data of
the member, which the others send again, and it could not change a name.

1. Everything is looked at first, and all that is wrong is named at once: an address that the host does not have, that two masters would have, that another one still has, of another family, or
   in the networks of pods and services; a name that the cluster has; an endpoint that is the former address of a master (\`move-endpoint\` first); a PersistentVolume on the disk of a node that gets another name; hosts that
   do not reach the new addresses, or from which the former ones of the others are not reached (masters, load balancers and workers are tried, port 10250); settings that differ from the cluster (\`reconfigure\` first); members that do not respond.
2. The load balancers get the new addresses. API servers answer at all addresses of their hosts, so these work before the masters change.
3. The certificates of the members of etcd get all addresses of their hosts, where an address changes. A member refuses a connection from an address that the certificate of its peer does not name, and a host with two
   addresses takes the one that its routes say. When a host has lost its former address, the next run takes that out again.
4. One master after the other: its pods are drained, the load balancers leave it out, leadership of etcd moves away, its member and its Node go, the host is reset, and it joins. All other members and API servers must be healthy before it leaves, and
   etcd must have all members, and the node be Ready, before the next one.
5. The new Node gets the labels, annotations and taints of the former one, and the cordon of an administrator. Left out is what kubelets, controllers and pod networks set themselves, and annotations with the former name or address.

- The same command continues a run that was interrupted anywhere: \`/etc/coxswain/rejoin.json\` on the host says what it was, how far it is, and what is kept. Until it is gone, \`ha-masters\` and \`move-endpoint\` refuse, and say so.
- A master that has lost its former address leaves as well, as long as the others have a quorum (tried on scripted hosts only). Where all have lost theirs, give them back beside the new ones (\`ip addr add\`) until the playbook has ended.
- Without the group \`loadbalancers\`, let your load balancer have the new addresses beside the former ones first.
- Remove the former addresses from the hosts after that, and run it once more.
- Refused: the only master (let another one join first), an etcd that kubeadm has not made, \`strategy: phases\`, two masters that swap their names or addresses (give one a third one in between), and an authority of etcd that is kept elsewhere.
- Local data in emptyDir volumes of the drained pods is lost, as with \`remove-master\`. Images, and files outside the folders of kubeadm, stay.
- Workers: \`workers\` with the former name in \`removed_workers\`, and after that with the new one in \`workers\`. Their addresses are \`node_ip\`.
- It has been run on three masters of Kubernetes 1.37 only, by \`test/e2e/operations/rename-or-readdress.test.ts\`: a writer through the endpoint had 1,194 writes accepted while two masters changed, and lost none; the longest
  time between two was 2.9 s. A run was killed while the member was removed, and continued. Runs that end before and after each command were tried on scripted hosts.

`
