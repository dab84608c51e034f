/** The part of docs/kubernetes.md about settings that change in a cluster that runs, with what was printed on three masters of the lab. */

import { fixedSettings } from '../tasks/kubernetes/kubeadm/fixed-settings.ts'

const code = (names: readonly string[]): string[] => names.map((name) => `\`${name}\``)

/** A row for each entry of the table that the refusals are made from. */
const fixedRows = fixedSettings
  .map(({ program, arguments: names = [], fields = [], why, way }) => {
    const settings = [...code(names.map((name) => `--${name}`)), ...code(fields)].join(', ')
    return `| ${program} | ${settings} | ${why} | ${way} |`
  })
  .join('\n')

/** A section below the operations. */
export const reconfigure = `### Changing settings of a cluster that runs

\`ha-masters\` does not change settings of a cluster that exists. It compares the inventory with what is there, refuses a difference with both
values before it writes anything, and names the playbook that applies it. \`reconfigure\` does that:

- names in the certificates of the API servers (\`cert_sans\`)
- arguments, variables and volumes of the API servers, controller managers, schedulers and of etcd (\`api_server\`, \`etcd\`, …), and
  \`quotaBackendBytes\` of etcd
- kubeadm's feature gates, patches of static pods in a folder on the hosts (\`patches\`), and what \`kubeadm_config_merge\` says of these
- the configuration and the arguments of the kubelets of masters (\`kubelet\`, \`kubelet_extra_args\`), and what kubelets that join later get
- the configuration of kube-proxy, on all nodes of the cluster (\`kube_proxy\`)
- static pods and kubelets that were changed by hand on a master

What cannot change in a cluster that runs is refused by its name, before anything is changed: the networks of services and pods, the domain, the folder of
etcd's data, the name of the cluster, and what has a playbook of its own (the version: \`upgrade\`; the endpoint: \`move-endpoint\`) or none yet, such as registries of images. The
arguments and fields of this table are refused wherever they come from: variables, extra arguments, \`kubeadm_config_merge\`, patches, or someone who
has edited a manifest.

| program | settings | why they are not changed | instead |
|---|---|---|---|
${fixedRows}

\`\`\`text
$ npx run playbooks/reconfigure.ts -i inventory.yaml
play 1/5: only what can be changed differs (1 host)
  m1  ok       the cluster can have the configured settings  0.1 s

play 2/5: what is to be changed (3 hosts)
  m1  > argument quota-backend-bytes of etcd: not set → 3000000000
  m1  > argument v of kube-apiserver: not set → 3
  m1  > maxPods of the kubelet: not set → 77
  …
play 3/5: the first master, or the one that an interrupted run has left (1 host)
  m1  > 3 members, 2 needed, 3 healthy; while m1 is reconfigured: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  m1  > etcd gets its new manifest
  …
  m1  > kube-apiserver gets its new manifest
  …
  m1  changed  static pods and kubelet have the configured settings  2 min 18 s
  m1  changed  kubeadm configuration /etc/coxswain/kubeadm.yaml  0.1 s
  m1  changed  the API server is 10.77.3.10, api.example.test  0.2 s
  m1  ok       the control plane is complete  0.4 s
play 4/5: the other masters, one at a time (2 hosts)
  …
play 5/5: the cluster keeps the configuration (1 host)
  m1  changed  the cluster keeps the configuration  1.7 s
  m1  changed  kube-proxy has the configured settings  17.3 s
3 hosts in 7 min 19 s: 7 ok, 11 changed
\`\`\`

An argument that the API server does not know; the other masters were not changed:

\`\`\`text
  m1  > argument no-such-flag of kube-apiserver: not set → 1
  …
  m1  > the former files of m1 are put back
  …
  m1  failed   static pods and kubelet have the configured settings  3 min 37 s
      error[task-failed]: m1 does not work with the new settings, so its former files were put back: kube-apiserver of m1 ends after each start
        output:
          last errors on m1:
            kube-apiserver: Error: unknown flag: --no-such-flag
            …
        hint: correct the settings in the inventory, and run again; other masters that were changed before keep the new settings
\`\`\`

How it works:

- On each master, kubeadm says what it would write, with its own dry run of the phases \`control-plane\`, \`etcd\` and \`kubelet-start\`. What differs
  is the change, also with \`--check --diff\`. Values of variables and of arguments that look like passwords are not shown. The arguments of etcd's first start stay
  as they are.
- Masters are changed one at a time, on each etcd first, then the API server, the controller manager and the scheduler, one after the other, then the kubelet.
  Each must have been started since its manifest was changed, with its new command line and variables, and the API server, etcd, the kubelet and the node must
  work, before the next one is changed. A master is not changed unless the API servers of the other masters are ready and all
  members of etcd are healthy.
- The former files are in \`/etc/coxswain/reconfigure\` (only root can read them) until everything has worked for 10 s. If it does not within 4 minutes, or if a
  program ends after each start, they are put back. The run waits until they work, and fails with what the programs and the kubelet have logged last.
- The cluster gets the new configuration at last (kubeadm-config, kubelet-config, kube-proxy), so that masters that join and upgrades use what was
  proven. The pods of kube-proxy are restarted one after the other. If they do not work, its former ConfigMap and its former DaemonSet come back. Until they
  work, the cluster keeps both in the ConfigMap \`coxswain-former-kube-proxy\` of \`kube-system\`, where the next run finds them whichever master it asks. They do not come back after an upgrade.
- A run that was killed is continued by the same command: it compares files and programs on each master, not what it remembers. Until then, \`ha-masters\` refuses that
  master, or the cluster where it was kube-proxy.
- It needs kubeadm of the version that runs, v1.31 or later: older ones do not say what their phases would write. For them, a difference from kubeadm-config is refused
  as before, and so is what the configuration sets for kubelets, kube-proxy, the arguments of a master's kubelet and the address of its API server, with the way to apply
  it by hand. A field that is no longer set, and patches, are not compared there.
- Where kubeadm is of another minor release than the configuration, as before an upgrade, \`ha-masters\` compares what the configuration sets, and says under the task
  what was not compared. Another patch release is compared as the same one, without the tag of etcd's image. \`reconfigure\` fails where the API server does not say what the cluster has: settings that cannot be changed are never taken for the same.
- A master that an interrupted run has left, or where a program does not run as its manifest says because someone has changed that, is put right first.
  The others follow. If there are several, the run refuses at another master, and names one of them for \`--limit\`.
- A static pod that an interrupted run of \`reconfigure\`, \`renew-certs\` or \`rotate-ca\` has left stopped, with its manifest in
  \`/etc/kubernetes/restarting\`, is started again; \`ha-masters\` refuses it by name. Within an interrupted \`etcd-restore\` or
  \`recover-quorum\` (\`/etc/kubernetes/restoring\`), both refuse, and name the playbook that completes it.
- A new audit policy is another file, with another argument: programs do not read the former path again. For encryption at rest, run
  \`rotate-keys\`: it makes the file before an API server gets the argument, and replaces keys in the right order.
- \`clusterDNS\` of a kubelet is applied: pods that run keep the address that they have. \`--listen-metrics-urls\` of etcd is applied as well.
- Another issuer of the tokens of pods comes in three runs: \`service-account-issuer\` first has the former one and the new one, then the new one and the
  former one, and the new one alone when no token of the former one is left. While masters are changed one after the other, each API server accepts the
  tokens of the others. Extra arguments replace what kubeadm sets, so the former issuer is named as well.

What it does not do:

- Kubelets of workers are not changed. A name that is taken out of \`cert_sans\` stays in the certificates.
- all of kubeadm's arguments for the kubelet are written when one argument differs, also those that are not compared because they follow from the host
  (\`--hostname-override\`, \`--container-runtime-endpoint\`, \`--register-with-taints\` and others): put what was added there by hand into the inventory.
- A static pod that was patched to start through a shell never runs as its manifest says, so its change is put back.
`
