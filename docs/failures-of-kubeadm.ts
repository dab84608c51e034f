/** Failures of kubeadm, of certificates, of hosts and of networks in control planes. */
import type { Failure } from './failures.ts'

const join = 'test/tasks/kubernetes/kubeadm-join.test.ts'
const init = 'test/tasks/kubernetes/kubeadm-init.test.ts'
const preflight = 'test/tasks/kubernetes/preflight-state.test.ts'
const masters = 'test/support/ha-masters.ts'

export const failuresOfKubeadm: readonly Failure[] = [
  {
    what: 'A host with several addresses advertises the wrong one, and the join destroys the cluster',
    reported: ['kubeadm#2275'],
    answer: 'refused',
    how: 'Each master is given its address (`advertise_address`), and must have it; that is checked before anything is changed. While a master changes its address, its member of etcd can use both: others refuse an address that its certificate does not name.',
    tests: [
      [
        'test/tasks/kubernetes/etcd-peer-addresses.test.ts',
        'while an address changes, all addresses of the host are named',
      ],
      [
        'test/tasks/network/own-addresses.test.ts',
        'an address that it does not have is refused, with those that it has',
      ],
    ],
  },
  {
    what: 'The key with which certificates are uploaded has expired, or the Secret is gone',
    reported: ['sealos#1783'],
    answer: 'prevented',
    how: 'Certificates are copied from master to master through the connections of the run; nothing is uploaded to the cluster.',
    tests: [
      ['test/tasks/kubernetes/copy-certs.test.ts', 'eight files are shared, and nothing else in pki'],
      [masters, 'no key of the cluster is stored elsewhere, and keys are readable by root only'],
    ],
  },
  {
    what: 'The key of the certificates is wrong: "message authentication failed"',
    reported: ['kubeadm#1510'],
    answer: 'prevented',
    how: 'As above; each copied file is compared by its SHA-256.',
    tests: [
      ['test/tasks/kubernetes/copy-certs.test.ts', 'a different file is replaced, and only sums are shown'],
    ],
  },
  {
    what: 'The token of a join has expired',
    reported: ['kubeadm#668'],
    answer: 'prevented',
    how: 'Each join makes a token of its own, and deletes it afterwards, also after a failure.',
    tests: [
      [join, 'a new host joins with a pinned authority; the token is in no file and no argument'],
      [join, 'a failed join is marked as incomplete, and its token is deleted'],
    ],
  },
  {
    what: 'Clocks differ: a certificate is not valid yet, or a token has expired at once',
    reported: ['kubernetes#42791', 'kubeadm#240'],
    answer: 'reported',
    how: 'Preflight and status compare each clock with the median of all.',
    tests: [
      [preflight, 'a clock that differs'],
      ['test/tasks/kubernetes/cluster-state/findings.test.ts', 'a clock that is ahead'],
    ],
  },
  {
    what: 'All of `/etc/kubernetes/pki` is copied to another master, whose certificates then name the first',
    reported: ['kubernetes#84644', 'kubeadm#1884'],
    answer: 'prevented',
    how: 'Eight files of `pki` are copied, and no other; with `strategy: phases` also admin.conf.',
    tests: [['test/tasks/kubernetes/copy-certs.test.ts', 'eight files are shared, and nothing else in pki']],
  },
  {
    what: 'The certificate of an API server does not have the name of the load balancer',
    reported: ['kubeadm#1447'],
    answer: 'healed',
    how: 'The endpoint is among its names, and a name that is added to the inventory gets a new certificate.',
    tests: [
      ['test/tasks/kubernetes/api-server-names.test.ts', 'a certificate with all names is kept'],
      ['test/tasks/kubernetes/api-server-names.test.ts', 'a name that was added gets a new certificate'],
    ],
  },
  {
    what: 'The load balancer is not there yet when the first master is initialised',
    reported: ['kubeadm#3294', 'kubeadm#3280', 'kubeadm#2996'],
    answer: 'healed',
    how: 'The balancers of the inventory are set up before. With another balancer, an init that was interrupted is continued by the next run.',
    tests: [
      [init, 'interrupted with data, init continues without a reset'],
      [init, 'killed before its last phases, an init runs all of them again'],
    ],
  },
  {
    what: 'From 1.29 on, kube-vip cannot use leases during the init',
    reported: ['kube-vip#684'],
    answer: 'not covered',
    how: 'There is no task for kube-vip.',
    tests: [],
  },
  {
    what: 'The name of a node differs from that of its host, or has upper-case letters',
    reported: ['kubeadm#584', 'kubeadm#1801'],
    answer: 'refused',
    how: 'The name of the inventory is the name of the node, of its member and in its configuration. Preflight warns of upper-case host names.',
    tests: [
      [
        'test/tasks/kubernetes/write-config.test.ts',
        'an invalid node name, and an endpoint without a port, are refused',
      ],
      [preflight, 'an upper-case host name'],
    ],
  },
  {
    what: 'A host joins under the name of a node that is Ready',
    reported: ['https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.18.md'],
    answer: 'refused',
    how: 'A Node whose kubelet reports, of another machine, keeps its name.',
    tests: [
      [join, 'the name of another machine is not reused'],
      [join, 'an old Node whose kubelet does not report any more is not that of another machine'],
    ],
  },
  {
    what: 'The kubelet and the container runtime have different cgroup drivers',
    reported: ['kubernetes#106464', 'kubernetes#107892'],
    answer: 'reported',
    how: 'Preflight compares the configuration of containerd with that of the kubelet.',
    tests: [[preflight, 'another cgroup driver']],
  },
  {
    what: "The configuration of containerd turns off what the kubelet needs (`disabled_plugins = ['cri']`)",
    reported: ['containerd#4581'],
    answer: 'reported',
    how: 'Preflight reads it.',
    tests: [[preflight, 'the CRI of containerd turned off']],
  },
  {
    what: 'The kernel module br_netfilter is missing, which kubeadm from 1.30 on does not say',
    reported: ['kubernetes#127593', 'flannel#2166'],
    answer: 'prevented',
    how: 'ha-masters loads it, now and at each start.',
    tests: [
      [
        'test/hosts/system/kernel-module.test.ts',
        '${host.name}: a module that the kernel has is saved for the next boot',
      ],
    ],
  },
  {
    what: 'CoreDNS is Pending until there is a pod network',
    reported: ['kubeadm#1906'],
    answer: 'prevented',
    how: 'It is waited for after the pod network, or not at all if others install that.',
    tests: [
      [
        'test/tasks/kubernetes/waits.test.ts',
        'without a pod network, only what works without one is waited for',
      ],
      [masters, 'pods on every node get answers from CoreDNS'],
    ],
  },
  {
    what: 'A reset leaves interfaces, rules and mounts, which the next cluster cannot use',
    reported: ['kubeadm#689', 'kubeadm#1822', 'flannel#820'],
    answer: 'prevented',
    how: 'reset-node removes what kube-proxy and pod networks left, and nothing of others; cni-leftovers what a removed pod network left on a node that stays.',
    tests: [
      [
        'test/tasks/kubernetes/reset-node.test.ts',
        'what kube-proxy and pod networks left is removed, what others made is not',
      ],
      [
        'test/tasks/kubernetes/reset-programs.test.ts',
        'rules of Kubernetes are removed from both families, those of others stay',
      ],
      [masters, 'reset removes the cluster, and a second reset changes nothing'],
      [
        'test/tasks/kubernetes/reset-programs.test.ts',
        'of pod networks alone, rules are removed without those of kube-proxy and of others',
      ],
    ],
  },
  {
    what: 'During an upgrade, a static pod does not change within five minutes',
    reported: ['kubeadm#2957', 'kubeadm#3297'],
    answer: 'healed',
    how: 'The next run of `playbooks/upgrade.ts` runs the same command of kubeadm again, until the static pods have the version.',
    tests: [
      [
        'test/tasks/kubernetes/kubeadm-upgrade.test.ts',
        'an interrupted upgrade is run again, as the command that it was, after a former kubeadm has ended',
      ],
    ],
  },
  {
    what: 'The first master is replaced, and the others expect it where it was',
    reported: ['kubespray#3471', 'kubespray#10441'],
    answer: 'healed',
    how: 'The master that leads is one whose API server is ready, whatever its place in the inventory.',
    tests: [[masters, 'a lost control-plane node is rebuilt, although it was the first']],
  },
  {
    what: 'A static pod was changed by hand, and the next upgrade takes that back',
    reported: ['kubeadm#541', 'kubeadm#2157'],
    answer: 'refused',
    how: 'From 1.31 on, `ha-masters` compares static pods and kubelets of each master with what kubeadm would write, and names each difference; `playbooks/reconfigure.ts` applies what the inventory says.',
    tests: [
      ['test/tasks/kubernetes/same-master.test.ts', 'refused: ${title}'],
      [
        'test/e2e/operations/reconfigure.test.ts',
        'a static pod that was edited by hand is named by ha-masters, and put right',
      ],
    ],
  },
  {
    what: 'Settings are changed in the configuration of kubeadm, and no program uses them',
    reported: ['kubeadm#1581', 'kubeadm#1564', 'kubeadm#1447'],
    answer: 'healed',
    how: '`ha-masters` refuses a difference before it writes anything. `playbooks/reconfigure.ts` applies it to one master at a time (1.31 and later), waits until the programs run with it, and puts back what does not work.',
    tests: [
      ['test/tasks/kubernetes/same-cluster.test.ts', 'refused: ${message}'],
      [
        'test/tasks/kubernetes/reconfigure-master.test.ts',
        'a program that ends after each start: the former file comes back',
      ],
      [
        'test/e2e/operations/reconfigure.test.ts',
        'names, arguments, quota, kubelets and kube-proxy are changed as --check said',
      ],
    ],
  },
  {
    what: 'The certificates expire after a year',
    reported: ['kubeadm#1361', 'kubeadm#581'],
    answer: 'healed',
    how: 'Status has the days that are left, ha-masters refuses to go on with expired ones, and `playbooks/renew-certs.ts` renews them. Where kubelets are locked out as well, `playbooks/revive.ts` brings the cluster back.',
    tests: [
      ['test/tasks/kubernetes/credentials-valid.test.ts', 'reported with dates: ${title}'],
      ['test/tasks/kubernetes/kubeadm-renew.test.ts', 'if one expires soon, kubeadm renews all'],
      [
        'test/e2e/operations/etcd-and-certificates.test.ts',
        'renew-certs: certificates that expire soon are renewed, and used',
      ],
      [
        'test/e2e/operations/revive.test.ts',
        'revive: kubelets, etcd and API servers are back, and a second run changes nothing',
      ],
    ],
  },
  {
    what: 'The authority of the cluster expires after ten years, or its key may be known to others',
    reported: ['https://kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates/'],
    answer: 'healed',
    how: '`playbooks/rotate-ca.ts` replaces authorities while the cluster serves, before they have expired: both are trusted until every master has certificates of the new one, and API servers and etcd refuse clients of the former one in the end. A cluster with workers is refused before anything is changed. Tried on Kubernetes 1.37 only.',
    tests: [
      [
        'test/tasks/kubernetes/authority-trust.test.ts',
        'the former one is trusted as long as it is needed by',
      ],
      ['test/tasks/kubernetes/authority-sign.test.ts', 'refused while another master ${title}'],
      ['test/tasks/kubernetes/authority-prepare.test.ts', 'a node that is not a master is refused ${title}'],
    ],
  },
]
