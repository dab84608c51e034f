/** The section of docs/kubernetes.md about the endpoint of a cluster. */
export const endpoint = `## The endpoint

\`control_plane_endpoint\` is what kubelets, \`kubectl\` and everything else connect to, as long as the cluster exists. It can be

- **one load balancer**: a host in the group \`loadbalancers\`. It gets haproxy, and is the one host whose loss stops the API;
- **load balancers that share an address**: two or more hosts in \`loadbalancers\`, and \`virtual_ip\`, a free address of their network. One of them at a time has
  it, with keepalived (VRRP);
- **the masters themselves**: the same, with the masters in \`loadbalancers\` and another port than that of the API servers;
- **a balancer that is there**: no group \`loadbalancers\`.

\`\`\`yaml
all:
  vars:
    virtual_ip: 10.0.0.100
    control_plane_endpoint: 10.0.0.100:8443
  children:
    masters: { hosts: { m1: { address: 10.0.0.11 }, m2: { address: 10.0.0.12 }, m3: { address: 10.0.0.13 } } }
    loadbalancers: { hosts: { m1: {}, m2: {}, m3: {} } }
\`\`\`

- The endpoint can be a name as well: let it have the address \`virtual_ip\` in DNS. The certificates of API servers name both.
- A holder whose haproxy does not run gives the address away within about 3 seconds, and one that does not answer any more loses it within 4 seconds. Connections through it
  end, and clients connect again.
- The address stays where it is when its former holder comes back, because each move cuts connections.
- The hosts send VRRP (protocol 112) to each other's addresses alone, not to a multicast group. Let firewalls pass it between them. In one network, each group of such
  hosts needs a \`virtual_router_id\` of its own (51 by default).
- \`virtual_ip_interface\` of a host says which interface gets the address, where that is not the one of its own address.
- Without \`virtual_ip\`, what an earlier run has set up stays: stop it with \`npx run service name=keepalived state=stopped enabled=false --hosts loadbalancers\`.
- **Stop keepalived on a host before it leaves the group**: \`npx run service name=keepalived state=stopped enabled=false --hosts HOST\`. The others do not send VRRP to it any
  more, and it would take the address beside the one that has it. \`remove-master\` and \`replace-master\` do it on masters that leave, but not on lost ones: these must stay off.
- Let each run contain all hosts of \`loadbalancers\`: with \`--limit\` to a part of them, a new one would take the address beside the others, which do not know it yet. The playbook does not see
  the limit, so it does not refuse this.
- keepalived asks \`/usr/libexec/keepalived/coxswain-service-runs\` whether haproxy runs: the policy of SELinux lets it run what is in that folder. After the start, each host waits until the endpoint answers at
  \`virtual_ip\`. If it does not, see \`journalctl -u keepalived\` and \`ausearch -m avc -c keepalived\`. That only one host has the address is not checked: two of them have it where a firewall drops VRRP.
- kube-vip is not set up here.

### Moving the endpoint

\`move-endpoint\` moves a cluster that runs to another endpoint: a name instead of an address, another address, another load balancer, another port. The former one
goes on meanwhile and after that. The inventory has the new one; the former one is read from the cluster:

\`\`\`yaml
all:
  vars:
    control_plane_endpoint: api.example.org:6443   # before: 10.0.0.10:6443
    cert_sans: [10.0.0.10]                         # the former one, until nothing uses it any more
\`\`\`

\`\`\`text
$ npx run playbooks/move-endpoint.ts -i inventory.yaml --check
$ npx run playbooks/move-endpoint.ts -i inventory.yaml
\`\`\`

What it does, and what is proven at each step:

1. It refuses before anything is changed: other settings that differ from the cluster or a master (\`reconfigure\` first, also where that was interrupted), an authority that is being replaced, a control plane that is not
   complete, nodes that are not in the groups \`masters\` and \`workers\`, a former endpoint whose host is not in \`cert_sans\`, any other name that a certificate has and the new one would not have (add it to \`cert_sans\`, or to \`remove_api_names\`),
   certificates that cannot be made here because \`ca.key\` is kept elsewhere, a cluster that was made without an endpoint, and releases before 1.20.
2. Each master records the move in \`/etc/coxswain/move-endpoint\`. While it is there, \`ha-masters\`, \`reconfigure\`, \`upgrade\`, \`remove-master\`, \`replace-master\`, \`rotate-ca\`, and workers that would
   join are refused, with this way out.
3. The hosts of \`loadbalancers\` are set up for the new one. A host that would lose the port or the virtual IP of the former one is refused, as is one whose configuration of haproxy or keepalived Coxswain has not written: have the new one on other
   hosts then, and leave the former hosts out of the inventory, where they go on as they are.
4. The certificates of the API servers get the new name beside the former one, one master at a time; all API servers and members of etcd are healthy after each.
5. **The proof before the move**: each API server answers under the new name, and each node, masters and workers, reaches *this* cluster at the new endpoint. Its kubelet's own
   credentials are used there, and a proxy if the kubelet uses one; certificates are verified with the cluster's authority, and the lease of the node there must be the one that the API server of a master says, renewed as late: a copy of the cluster that was restored elsewhere
   does not pass. A worker that does not reach it, or that is not reachable itself, ends the run here, by its name; nothing refers to the new endpoint yet. One master asks all nodes, also those that \`--limit\` leaves out.
6. What nodes that join read: the ConfigMaps cluster-info and kubeadm-config. In them, only the endpoint changes, and in the latter the names of certificates. It is refused while a master has not recorded the move, as with \`--limit\`.
7. The kubeconfigs of the masters, one at a time, and \`~/.kube/config\` of \`kube_users\` there; then those of the workers, the first one alone and after that a quarter of them at a time. The kubelet is restarted, and must renew its lease after that;
   if it does not, its former kubeconfig comes back. What refers to the API server of its own master stays (kubelets of masters from 1.33 on; controller manager and scheduler from 1.20 on). A controller manager and a scheduler that had the former
   endpoint, as in clusters that were made before 1.20, get the API server of their own master.
8. The kubeconfig of kube-proxy. Its pods are restarted, first one of a worker and then the others one after the other; each must have read the Services and written its rules since (metric \`kubeproxy_sync_proxy_rules_last_timestamp_seconds\`, asked on each node).
   If one does not, the former endpoint comes back in its ConfigMap.
9. What still uses the former one is named: connections of each host to it, and DaemonSets, Deployments, StatefulSets and ConfigMaps of kube-system that name it, as those of Calico and Cilium can
   (\`KUBERNETES_SERVICE_HOST\`). These are not changed. This informs only.
10. **The proof in the end**: nothing on any node, and no ConfigMap, refers to the former one. What does is named by file and host, as is a host that could not be asked, and a node without \`/etc/kubernetes/kubelet.conf\`; the run fails then, and the record stays. Otherwise the record goes.

- The same command continues a run that was interrupted anywhere. What is left to do is read from the files and ConfigMaps. When it is complete, another run changes nothing, and proves both again.
- A controller manager or scheduler that an interrupted run has left stopped is started by \`renew-certs\`, as the refusal says.
- Run it without \`--limit\`: nodes that are left out are asked before anything moves, but they are not moved, and the run fails at its end because of them, or before anything moves if a master is left out. The former endpoint serves them meanwhile.
  With \`--start-at-task\` after the proof, nothing is proven.
- **To go back**, give \`control_plane_endpoint\` its former value (and \`cert_sans\` the other host), also in the middle of a move, and run it again. A third endpoint can be chosen in the middle as well: both others are left then, but for one to which nothing was moved yet, such as a mistyped one.
- A worker that does not come back keeps the run from its end: delete its Node (\`kubectl delete node\`), take it out of the inventory, and run again.
- **The former endpoint is never taken away by itself.** When nothing uses it, take its host out of \`cert_sans\`, and run \`move-endpoint\` with \`-e 'remove_api_names=["10.0.0.10"]'\`: the certificates lose that name, one master at a time. Then stop what answers there.
  The address of a master stays in its own certificate.
- Files that were changed by hand before, and refer to an endpoint that kubeadm-config does not have: \`-e 'former_endpoints=["10.0.0.9:6443"]'\`. With it, a run that has nothing else to do names what still uses that endpoint.
- With \`ha-masters\`, hosts of \`loadbalancers\` have what the inventory says: a virtual IP or a port that only the former endpoint had goes with its next run.

What it does not do:

- Kubeconfigs elsewhere: those of people on other machines, and of programs that deploy. They work as long as the former one does. What connects to it from other machines is known to its load balancer alone, and
  connections of pods with a network of their own are not seen.
- Where both endpoints lead to the same address and port, as a name for the address, connections to them look the same; the run says so.
- kubelets with a kubeconfig elsewhere than \`/etc/kubernetes/kubelet.conf\`: such a node is refused.
- One answer proves one address: where a name has several, or leads to several load balancers, the others are not asked.
- It has been run on a cluster of 1.37 only, by \`test/e2e/operations/move-endpoint.test.ts\`: writers through both endpoints lost nothing. What comes back after a failure was tried on scripted hosts,
  as was a move that is cut off before and after each command that changes something, and continued.

To give a master another address or another name, run \`rename-or-readdress\`.
`
