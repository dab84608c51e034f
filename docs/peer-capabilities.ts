/** What these playbooks and other tools do. What is said of the others is from their documentation and code, as of November 2026. */
import type { Capability } from './peers.ts'

const masters = 'test/support/ha-masters.ts'
const operations = 'test/e2e/operations'
const member = 'test/tasks/kubernetes/etcd/arithmetic.test.ts'

export const capabilities: readonly Capability[] = [
  {
    what: 'Hosts need nothing but SSH and a shell',
    ours: 'yes',
    tests: [
      ['test/hosts/connection/userland.test.ts', '${host.name}: files are read, written, listed and removed'],
    ],
    theirs: {
      kubespray: 'no: Python',
      kubeone: 'yes',
      k0sctl: 'yes',
      kcp: 'no: a cluster that manages, cloud-init',
      talos: 'no: an operating system of its own',
    },
    better: [],
  },
  {
    what: 'Says before what it will change, and that is true',
    ours: 'yes: `--check`',
    tests: [[masters, 'join: the run does what --check predicted']],
    theirs: {
      kubespray: 'partly: `--check` of Ansible skips commands',
      kubeone: 'partly: a plan of steps',
      k0sctl: 'yes: `--dry-run`',
      kcp: 'no',
      talos: 'partly: `--dry-run` of some commands',
    },
    better: [],
  },
  {
    what: 'A run that was killed is run again, and goes on',
    ours: 'yes',
    tests: [[masters, '${strategy}: killed at a random time, the next run completes the cluster']],
    theirs: {
      kubespray: 'partly: run again, with a reset of hosts that failed',
      kubeone: 'partly: an upgrade needs `--force-upgrade`',
      k0sctl: 'yes',
      kcp: 'yes: it is a controller',
      talos: 'yes',
    },
    better: ['kcp'],
  },
  {
    what: 'The first master can be lost and replaced like any other',
    ours: 'yes',
    tests: [[masters, 'a lost control-plane node is rebuilt, although it was the first']],
    theirs: {
      kubespray: 'partly: the inventory is put in another order first',
      kubeone: 'yes',
      k0sctl: 'yes',
      kcp: 'yes',
      talos: 'yes',
    },
    better: [],
  },
  {
    what: 'A step that would end below the quorum of etcd is refused',
    ours: 'yes, with the sums',
    tests: [[member, 'a step that is allowed never ends without a quorum']],
    theirs: {
      kubespray: 'partly: a majority of members that are healthy now',
      kubeone: 'partly: `apply` counts, the repair does not',
      k0sctl: 'not found',
      kcp: 'yes',
      talos: 'not found',
    },
    better: [],
  },
  {
    what: 'The majority of etcd is lost: the data of the last member are kept',
    ours: 'yes: `recover-quorum`',
    tests: [[`${operations}/recover-quorum.test.ts`, 'recover-quorum: the last member keeps its data']],
    theirs: {
      kubespray: 'yes, if the lost hosts can be reached',
      kubeone: 'partly: by hand',
      k0sctl: 'partly: from a backup',
      kcp: 'no',
      talos: 'partly: by hand, from a copy of the database',
    },
    better: [],
  },
  {
    what: 'Backups of etcd are proven by restoring them',
    ours: 'yes',
    tests: [
      [
        `${operations}/etcd-and-certificates.test.ts`,
        'etcd-backup: a snapshot is taken, proven, and fetched',
      ],
    ],
    theirs: {
      kubespray: 'no',
      kubeone: 'no: an add-on that sends them to S3',
      k0sctl: 'no',
      kcp: 'no',
      talos: 'partly: it shows hash and revision',
    },
    better: [],
  },
  {
    what: 'etcd is restored on all masters from one backup',
    ours: 'yes',
    tests: [
      [
        `${operations}/etcd-and-certificates.test.ts`,
        'etcd-restore: the writes after the snapshot are gone, those before it are there',
      ],
    ],
    theirs: {
      kubespray: 'partly: in `recover-control-plane`',
      kubeone: 'partly: by hand',
      k0sctl: 'yes: `--restore-from`, on new hosts',
      kcp: 'no',
      talos: 'yes: `bootstrap --recover-from`',
    },
    better: [],
  },
  {
    what: 'Certificates are renewed one master at a time',
    ours: 'yes, when asked',
    tests: [
      [
        `${operations}/etcd-and-certificates.test.ts`,
        'renew-certs: certificates that expire soon are renewed, and used',
      ],
    ],
    theirs: {
      kubespray: 'yes: a timer on the hosts',
      kubeone: 'yes: below 90 days, at each `apply`',
      k0sctl: 'yes: at each start',
      kcp: 'yes: new machines before they expire',
      talos: 'yes: by itself',
    },
    better: ['kubespray', 'k0sctl', 'kcp', 'talos'],
  },
  {
    what: 'All certificates have expired: one command brings the cluster back',
    ours: 'yes: `revive`',
    tests: [[`${operations}/revive.test.ts`, 'revive: kubelets, etcd and API servers are back']],
    theirs: {
      kubespray: 'not found',
      kubeone: 'not found',
      k0sctl: 'not found',
      kcp: 'not found',
      talos: 'not found',
    },
    better: [],
  },
  {
    what: 'Upgrade over several minor versions in one command, rehearsed first',
    ours: 'yes: the way is judged before the first step',
    tests: [[`${operations}/upgrade.test.ts`, 'what is in the way is refused, all of it at once']],
    theirs: {
      kubespray: 'no: one minor each',
      kubeone: 'no: one minor each',
      k0sctl: 'not found',
      kcp: 'yes: chained upgrades',
      talos: 'partly: one minor each, after a look at removed APIs',
    },
    better: [],
  },
  {
    what: 'A drain names the budget that blocks it, before anything is changed',
    ours: 'yes',
    tests: [[`${operations}/masters.test.ts`, 'a PodDisruptionBudget that blocks is named']],
    theirs: {
      kubespray: 'not found',
      kubeone: 'not found',
      k0sctl: 'not found',
      kcp: 'partly: as a condition of the machine',
      talos: 'not found',
    },
    better: [],
  },
  {
    what: 'Workers in pools, with labels and taints beside those of the administrator',
    ours: 'yes: `workers`, in parallel',
    tests: [['test/e2e/operations/workers.test.ts', 'what someone else has set stays']],
    theirs: {
      kubespray: 'yes',
      kubeone: 'yes: static ones, or machines',
      k0sctl: 'yes',
      kcp: 'yes: machines',
      talos: 'yes',
    },
    better: ['kcp'],
  },
  {
    what: 'Installs the container runtime and the programs of Kubernetes',
    ours: 'partly: from packages or a bundle; not tried on a cluster yet',
    tests: [
      ['test/hosts/kubernetes/install.test.ts', '${host.name}: programs, units and containerd of a bundle'],
    ],
    theirs: {
      kubespray: 'yes, also without a network',
      kubeone: 'yes',
      k0sctl: 'yes: one program',
      kcp: 'partly: images of machines',
      talos: 'yes: it is the operating system',
    },
    better: ['kubespray', 'kubeone', 'k0sctl', 'kcp', 'talos'],
  },
  {
    what: 'An address that moves between masters, without a load balancer of its own',
    ours: 'yes: haproxy and keepalived, on the masters or on hosts of their own',
    tests: [
      [
        'test/e2e/operations/virtual-ip.test.ts',
        'it moves when its holder is cut off, and the cluster goes on',
      ],
    ],
    theirs: {
      kubespray: 'yes: kube-vip, or a proxy on each node',
      kubeone: 'no',
      k0sctl: 'yes: CPLB',
      kcp: 'partly: kube-vip in templates',
      talos: 'yes',
    },
    better: ['kubespray', 'k0sctl', 'talos'],
  },
  {
    what: 'Replaces the key of the tokens of service accounts while they are in use',
    ours: 'yes',
    tests: [
      [
        `${operations}/rotate-service-accounts.test.ts`,
        'the key is replaced while pods call the API: none is refused, and a token from before is refused in the end',
      ],
    ],
    theirs: {
      kubespray: 'no',
      kubeone: 'no: [asked for](https://github.com/kubermatic/kubeone/issues/2523)',
      k0sctl: 'no',
      kcp: 'no: [asked for](https://github.com/kubernetes-sigs/cluster-api/issues/7456)',
      talos: 'no',
    },
    better: [],
  },
  {
    what: 'Masters get other names and addresses while the cluster serves',
    ours: 'yes, one at a time, with what their Nodes had',
    tests: [
      [
        `${operations}/rename-or-readdress.test.ts`,
        'a writer loses nothing while one master gets a name and an address and another an address',
      ],
    ],
    theirs: {
      kubespray: 'not found',
      kubeone: 'not found',
      k0sctl: 'not found',
      kcp: 'partly: by new machines',
      talos: 'not found',
    },
    better: [],
  },
  {
    what: 'Networks of pods',
    ours: 'partly: flannel; Calico, Cilium and others are applied, and not tried on a cluster',
    tests: [['test/tasks/kubernetes/apply-cni.test.ts', 'flannel and calico are used at a pinned version']],
    theirs: {
      kubespray: 'yes: Calico, Cilium, flannel and more',
      kubeone: 'yes: Canal, Cilium, or none',
      k0sctl: 'yes: kube-router, Calico, or your own',
      kcp: 'no',
      talos: 'partly: flannel, or your own',
    },
    better: ['kubespray', 'kubeone', 'k0sctl'],
  },
  {
    what: 'Makes the machines',
    ours: 'no',
    tests: [],
    theirs: {
      kubespray: 'no: examples for Terraform',
      kubeone: 'partly: workers',
      k0sctl: 'no',
      kcp: 'yes',
      talos: 'no',
    },
    better: ['kubeone', 'kcp'],
  },
]
