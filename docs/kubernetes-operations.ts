/** The part of docs/kubernetes.md about playbooks that keep a control plane, with what they printed on three masters of the lab. */
import { keys } from './kubernetes-keys.ts'
import { serviceAccounts } from './kubernetes-service-accounts.ts'

/** From the heading on. */
export const operations = `## Keeping a control plane

Each operation is a playbook. Each takes the inventory of \`ha-masters\`, can be run again after it was interrupted, and says with
\`--check\` what it would change. All but \`etcd-restore\` restart one master at a time. What they printed here is of three masters with Kubernetes 1.37; lines are
left out (…).

Where a member of etcd is away for some time, the run prints the arithmetic of the quorum. The step is refused unless every member
responds and votes, and no alarm is raised.

### Defragmenting etcd

What the API server deletes and compacts stays in the database's file as free space, until the member is defragmented. \`etcd-defrag\` does
that, the leader last. A member with less free space than \`etcd_defrag_min_free\` (64 MiB) is left as it is.

\`\`\`text
$ npx run playbooks/etcd-defrag.ts -i inventory.yaml -e etcd_defrag_min_free=10
play 1/2: the members that follow, one at a time (2 hosts)
  m2  > 3 members, 2 needed, 3 healthy; while m2 is defragmented: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  m2  > database of m2: 38.8 MiB before, 0.6 MiB after, 0.6 MiB in use
  m2  changed  etcd's database is defragmented  0.8 s
  m3  > 3 members, 2 needed, 3 healthy; while m3 is defragmented: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  m3  > database of m3: 40.8 MiB before, 0.6 MiB after, 0.6 MiB in use
  m3  changed  etcd's database is defragmented  0.6 s

play 2/2: the leader (1 host)
  m1  > 3 members, 2 needed, 3 healthy; while m1 is defragmented: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  m1  > database of m1: 39.8 MiB before, 0.6 MiB after, 0.6 MiB in use
  m1  changed  etcd's database is defragmented  0.7 s
  m1  ok       etcd has 3 healthy members  0.1 s
\`\`\`

After the alarm NOSPACE, run \`etcd-alarm\` (below).

### Upgrading

\`upgrade\` goes from what runs to \`kubernetes_version\` (or \`-e upgrade_to=…\`), one minor release after the other. With minor releases in between, list
a version of each: \`upgrade_through: [v1.35.4, v1.36.3]\`. Programs come from where
[\`install\`](#installing-programs) says: from packages, or from a folder on this machine with a bundle for each version. For each version, kubeadm upgrades
the control planes of all masters; only then their kubelets follow, and those of the workers, because a kubelet must not be newer than an API server.

\`\`\`text
$ npx run playbooks/upgrade.ts -i inventory.yaml -e upgrade_to=v1.37.99 -e install='{"from":"bundle","bundles":"/srv/bundles"}'
play 1/15: nothing is in the way (1 host)
  m1  > m2  control plane v1.37.2  kubeadm v1.37.99  cgroup v1  containerd 1.6.20
  …
  m1  > from  v1.37.2
  m1  > to    v1.37.99  etcd 3.7.0-0  CoreDNS v1.14.6  pause 3.10.2
  m1  > warning  m1  containerd 1.6.20: v1.37 is the last release that runs with containerd 1
  m1  >              → upgrade containerd to version 2 before v1.38
  …
  m2  > 3 members, 2 needed, 3 healthy; while m2 is upgraded: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  m2  > kubeadm upgrade node
  m2  changed  control plane v1.37.99  3 min 05 s
  m2  ok       the control plane is complete  1.6 s
  …
  m3  changed  kubelet v1.37.99 runs  9.4 s
  m3  ok       the control plane is complete  0.5 s
  …
3 hosts in 10 min 16 s: 16 ok, 13 changed
\`\`\`

- All that is in the way is listed before anything is changed, also with \`--check\`. A fault refuses the run, with the exit status 3.
- Which version runs decides what is left to do. A kubeadm that was interrupted is run again; \`/etc/coxswain/upgrading\` says so.
  Other masters do not wait for that host, and earlier versions of the upgrade path are passed over.
- The new kubelet is installed before its node is drained, so that no node is emptied for a program that is damaged or missing. It starts after the drain.
- A client that wrote a ConfigMap every 0.2 s through the endpoint during that run, and during one that kubeadm had rolled back before, got 1198
  acknowledgements; all 1198 were there afterwards, and 8 requests had failed. The run was not yet made with draining.
- Upgrades over several minor releases have not been run in the lab yet.

### Renewing certificates

\`renew-certs\` reads the certificates of each master and those in its kubeconfigs. Where one expires within \`renew_certs_within\` days
(90), kubeadm renews all of that master. When all masters have new files, the static pods are restarted, one master at a time and one after the other: etcd, the API server, the controller
manager, the scheduler, each when the one before works again. Copies of admin.conf of \`kube_users\` follow.

\`\`\`text
$ npx run playbooks/renew-certs.ts -i inventory.yaml --check --diff
  m1  would change  certificates are valid for 90 days  0.6 s
      certificate in /etc/kubernetes/pki/apiserver.crt: until 2026-12-09, 9 days → renewed
      …
      certificate in /etc/kubernetes/scheduler.conf: until 2026-12-09, 9 days → renewed
  m1  would change  static pods use the present certificates  0.3 s
      static pod etcd: with former certificates → restarted
      …
$ npx run playbooks/renew-certs.ts -i inventory.yaml
  m1  changed  certificates are valid for 90 days  2.0 s
  m2  changed  certificates are valid for 90 days  1.4 s
  …
  m1  > 3 members, 2 needed, 3 healthy; while m1 restarts: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  …
  m1  changed  static pods use the present certificates  1 min 14 s
  m1  changed  kubeconfig of root  0.3 s
  m1  ok       etcd has 3 healthy members  0.3 s
  …
3 hosts in 3 min 33 s: 12 ok, 9 changed
\`\`\`

- While a static pod restarts, its manifest is in \`/etc/kubernetes/restarting\`. The program on the host puts it back, also if the
  connection is lost; after a crash of the host, the next run does. Which pods are still to be restarted is in
  \`/etc/coxswain/restart-static-pods\`.
- Certificates that have expired on all masters are renewed, too: etcd takes new files at once, so that the members can be asked before
  the first restart. With \`--limit\`, other masters keep expired ones, and etcd is not restarted.
- Where the key of an authority is not on the master, kubeadm would leave its certificates out and report success: the playbook names
  the missing key, and changes nothing.
- Authorities are not renewed. At its end, the playbook fails if one of them expires within the same number of days: \`rotate-ca\` replaces them.
- The kubelet renews its own certificate while it is valid. When it has expired, the cluster needs \`revive\`.

### Reviving a cluster whose certificates have expired

When the certificates of a kubelet have expired as well, it ends at each start, and static pods neither start nor stop. After a restart of the
hosts, nothing runs, and no API server can be asked. \`revive\` gives each kubelet a certificate that kubeadm signs with the authority of the
cluster, restarts it, does what \`renew-certs\` does, and waits until nodes and pods are ready. Here all certificates of three masters had
expired two years before, and etcd and the API servers did not run:

\`\`\`text
$ npx run playbooks/revive.ts -i inventory.yaml
play 1/6: the kubelets have certificates that are valid (3 hosts)
  m1  changed  the kubelet can authenticate itself  5.3 s
  …
play 2/6: the masters get new certificates (3 hosts)
  m3  changed  certificates are valid for 90 days  2.5 s
  …
play 3/6: what an interrupted run has stopped is started again (3 hosts)
  m1  ok       etcd has 3 healthy members  1.4 s
  …
play 4/6: the static pods use them, one master at a time (3 hosts)
  m1  > 3 members, 2 needed, 3 healthy; while m1 restarts: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  …
play 6/6: the cluster is back (1 host)
  m1  ok       node m1 is Ready  0.2 s
  …
3 hosts in 9 min 16 s: 26 ok, 9 changed
\`\`\`

(The hosts shared two busy cores with other work.)

- A kubelet whose certificate is valid and of this authority keeps it. Otherwise, the new one is where the kubelet keeps those that it gets
  from the API server, and kubelet.conf is written only if it is missing, trusts another authority, or has a certificate inside.
- An authority that has expired, or whose key is not on the master, is refused before anything is changed.
- The kubelets of workers do not have the key of the authority: when theirs have expired, run \`workers\`, which lets them join again.

### Replacing the authorities

\`rotate-ca\` replaces the authorities of a cluster: its own, etcd's, and that of the front proxy (\`rotate_ca\` says which). It replaces those that were
made before \`rotate_ca_made_before\`, so that the same command changes nothing when it has ended. The steps are those of "Manual Rotation of
CA Certificates" in the documentation of Kubernetes:

1. kubeadm makes new authorities on one master, beside those in use. The others get copies. They are in \`/etc/coxswain/rotate-ca\`, for root only.
2. Each master trusts both: ca.crt has two certificates, as have kubeconfigs, and static pods and kubelets are restarted, one master at a time.
   The controller manager, which refuses two, signs with \`/etc/kubernetes/pki/ca-signing.crt\` meanwhile.
3. New nodes find both in the ConfigMap cluster-info. The pods of Deployments, DaemonSets and StatefulSets are replaced in a rolling way, because
   most programs read the authority only when they start; \`rotate_ca_namespaces\` limits that.
4. When all masters trust both, the new authorities sign: kubeadm renews certificates and kubeconfigs, one master at a time, and the
   kubelets get new certificates after that.
5. A client of the former authority, which was kept, and one of the new authority are tried at each API server and each etcd: both must work.
6. Only when no master needs the former authorities any more, they are not trusted any more, one master at a time.
7. The former client is tried again, and must be refused. Then the former authorities are taken out of the ConfigMap \`extension-apiserver-authentication\`, where aggregated
   API servers read whom they trust: API servers only add to it.

\`\`\`text
$ npx run playbooks/rotate-ca.ts -i inventory.yaml -e rotate_ca_made_before=2026-11-30T03:32:38Z
  …
play 5/11: the new authorities sign, one master at a time (3 hosts)
  m1  changed  the new authority has signed: cluster, etcd, front-proxy  2.8 s
  m1  > 3 members, 2 needed, 3 healthy; while m1 restarts: 3 members, 2 needed, 2 healthy: no further loss is tolerated
  …
play 7/11: clients of both authorities work (3 hosts)
  m2  > cluster: a client of the former authority is accepted, one of the new authority is accepted
  m2  > etcd: a client of the former authority is accepted, one of the new authority is accepted
  m2  > front-proxy: a client of the former authority is accepted, one of the new authority is accepted
  …
play 10/11: clients of the former authorities are refused (3 hosts)
  m1  > cluster: a client of the former authority is refused, one of the new authority is accepted
  m1  > etcd: a client of the former authority is refused, one of the new authority is accepted
  m1  > front-proxy: a client of the former authority is refused, one of the new authority is accepted
  …
\`\`\`

- In the lab, three masters with Kubernetes 1.37 took 11 minutes beside other work, of which 10 were restarts of static pods. That run was ended near
  its end; the same command went on, and had ended 27 s later. A copy of the former admin.conf was refused then. It was one run; the test of
  it in \`test/e2e/operations/rotate.test.ts\` has not been run yet.
- What is to be done is read from the files of all masters at each run: a run that was interrupted is ended by the same command.
- What is replaced is kept with its key and a note in \`/etc/coxswain/replaced\`, for root only.
- Kubeconfigs of people are refused in the end, and those of \`kube_users\` on the masters are replaced. Where the key of an authority is not on
  the masters, or the file has other certificates beside it, nothing is changed.
- Until it has ended, \`ha-masters\`, \`reconfigure\`, \`upgrade\`, \`remove-master\` and \`replace-master\` refuse before they change anything: kubeadm would write the
  controller manager's arguments back, with which it ends. They look at the files of \`rotate-ca\` alone, not at other files with several certificates.
  \`workers\` refuses workers that would join while the authority of the cluster is being replaced; \`workers --tags remove\` removes those that are in the way.
- Where it cannot end because something is broken, these can be run before it has ended:
  - Certificates have expired: \`renew-certs\`, or \`revive\`. The authority that signs on a master signs the new ones, and kubeconfigs and kubelets trust both as before.
  - A master is lost: \`remove-master\` with \`-e lost_masters=true\`. \`ha-masters\`, which adds another one, waits until \`rotate-ca\` has ended without it.
  - etcd has lost its majority or its data: \`recover-quorum\` and \`etcd-restore\`. They sign nothing. After \`recover-quorum\`, take the lost masters out of the
    group \`masters\` until \`rotate-ca\` has ended. What a snapshot has of an earlier time, as the ConfigMap cluster-info, \`rotate-ca\` writes again.
  - \`maintenance\`, \`etcd-defrag\`, \`etcd-alarm\` and \`etcd-backup\` neither sign anything nor write what is trusted.

What it does not do yet:

- Workers. Their kubelets are not given the new authority, and would be cut off when it signs. While the cluster has a node that is not a master of
  the inventory, the authority of the cluster is refused, with the name of the node, before anything is changed, and again before the new one signs. Those
  of etcd and of the front proxy can be replaced: \`-e 'rotate_ca=["etcd","front-proxy"]'\`.
- Aggregated API servers, such as metrics-server, that read that ConfigMap only when they start are not restarted. The proof in the end is about API servers and etcd.
- Pods are not replaced where Kubernetes does not do it: DaemonSets and StatefulSets with OnDelete, paused Deployments, bare pods, Jobs, and namespaces that were left out.
  They know the former authority alone until they are started again; the run names each of them, with what has made it, before the new one signs. The next workload is not waited for until it is available, only until its pods are new.
- Serving certificates of kubelets that the cluster has signed (\`serverTLSBootstrap\`) are not renewed.
- There is no way back by a playbook. Other versions than Kubernetes 1.37 have not been tried.

${keys}${serviceAccounts}### Backups of etcd

\`etcd-backup\` takes a snapshot of a member that responds, proves it, and fetches it:

\`\`\`text
$ npx run playbooks/etcd-backup.ts -i inventory.yaml
play 1/1: a snapshot that can be restored (1 host)
  m1  > /var/backups/etcd/10.77.1.10-20261129T165549Z-r2992.db: revision 2992, sha256 0ffa7403…
  m1  changed  a snapshot of etcd of 10.77.1.10  29.3 s
  m1  > /var/backups/etcd/10.77.1.10-20261129T165549Z-r2992.db was restored: revision 2992, 528 objects of Kubernetes
  m1  changed  the snapshot can be restored  2.1 s
  m1  ok       7 snapshots of etcd stay  0.1 s
  m1  changed  the snapshot in etcd-backups  13.6 s
\`\`\`

(This database had 428 MiB.)

- The snapshot comes from etcd's own JSON gateway. It is written with the mode 0600, and gets its name only when it is complete: its
  last 32 bytes are the SHA-256 of the others. The name has the cluster (\`etcd_backup_name\`, the host of the endpoint by default), the
  time in UTC and the revision.
- The proof: the snapshot is restored into an etcd that exists for this purpose only, on a loopback port that requires a certificate of
  the cluster, and must have objects of Kubernetes. Its programs are those in the container of the running etcd: hosts need neither
  etcdctl nor etcdutl. It is removed at the end. The file \`….db.proven\` beside the snapshot then has its SHA-256. A snapshot that
  fails is renamed to \`….db.unproven\` and does not count any more; the last of those stays for a look at it.
- \`etcd_backup_dest\` is the folder on this machine. It has all secrets of the cluster: with \`etcd_backup_age_recipients\` (age1…), the
  file is encrypted on its way, and its name ends with \`.age\`. The recipients are in \`….age.recipients\` beside it: when they change,
  the newest snapshot is fetched and encrypted again, and the run names the older ones. With recipients, a snapshot there that is not
  encrypted is refused.
- \`etcd_backup_keep\` snapshots stay (7), on the master and here. Older ones are removed only after the proof of the new one, and the
  last proven one on the master always stays.
- A snapshot that is younger than \`etcd_backup_max_age\` seconds (300) counts: a run that was interrupted continues with it. One that
  is dated in the future is refused.
- Where objects are encrypted at rest, they are in the snapshot as well, and the keys are not: keep them apart (see "Replacing the key of encryption at rest").

### Restoring etcd

\`etcd-restore\` replaces the data of all masters by that of one snapshot, which \`etcd-backup\` has fetched. Every write after it is lost,
so it refuses, with both revisions, until that is accepted:

\`\`\`text
$ npx run playbooks/etcd-restore.ts -i inventory.yaml -e etcd_restore_snapshot=etcd-backups/10.77.1.10-20261129T173208Z-r2452.db
  m1  failed   the snapshot is on the master  0.8 s
      error[task-failed]: restoring etcd-backups/10.77.1.10-20261129T173208Z-r2452.db goes back to revision 2452: etcd is at revision 2459 now, and every write in between is lost
        hint: if that is what you want, set acceptLoss (the playbook: -e etcd_restore_accept_loss=true)
$ npx run playbooks/etcd-restore.ts -i inventory.yaml -e etcd_restore_snapshot=… -e etcd_restore_accept_loss=true
play 1/8: every master has the snapshot, and what restores it (3 hosts)
  m2  changed  the snapshot is on the master  1.4 s
  …
play 2/8: API servers and etcd are stopped everywhere (3 hosts)
  m2  changed  API server and etcd are stopped  1.0 s
  …
play 3/8: every master restores the same snapshot (3 hosts)
  m2  > the former data of m2 is kept in /var/lib/etcd/before-restore-20261129T173230Z
  m2  changed  etcd's data is that of the snapshot  0.5 s
  …
play 4/8: etcd starts (3 hosts)
play 5/8: the members of etcd are healthy (3 hosts)
play 6/8: the API servers start (3 hosts)
play 7/8: the nodes are ready (1 host)
play 8/8: the record of the restoring is removed (3 hosts)
  …
3 hosts in 40.1 s: 6 ok, 18 changed
\`\`\`

- The snapshot is checked on this machine, and brought to all masters with the program that restores it, before anything is stopped.
- The members form a new cluster with the same names and addresses. From etcd 3.6 on, the revision is raised by 1,000,000,000 and marked
  compacted, so that no client takes old data for what it has seen later.
- The former data stays in \`/var/lib/etcd/before-restore-TIME\` (with a disk for the member: in \`/var/lib/etcd/member/before-restore-TIME\`); remove it when you do not need it any more.
- Keys of encryption at rest are not in a snapshot: one from before a key was replaced needs the former key in the file of each master, and one from before objects were encrypted
  needs \`identity: {}\` there (see "Replacing the key of encryption at rest"). While \`rotate-keys\` is not complete, nothing is stopped.
- All masters take part, or none: with \`--limit\`, nothing is stopped. Neither is anything where the copy of the snapshot and the new data
  do not fit beside the former data.
- A run that was interrupted is continued by the same command. How far each master is, and from which snapshot, is in
  \`/etc/coxswain/etcd-restore\`, which is removed when all masters are complete: the same snapshot can be restored again later.
- To give up before the data of any master is replaced (play 3), on each: \`mv /etc/kubernetes/restoring/*.yaml /etc/kubernetes/manifests/\`

### Recovering etcd whose majority is lost

When two of three masters are gone for good, etcd accepts no writes, and nothing in Kubernetes can repair that. \`recover-quorum\` makes the
member that is left a cluster of its own, with \`--force-new-cluster\` for one start, on its own data: unlike a snapshot, that has every write
which the member knew to be committed. It says what could be lost, and changes nothing until that is accepted:

\`\`\`text
$ npx run playbooks/recover-quorum.ts -i inventory.yaml
  m1  failed   etcd has a quorum again  49.6 s
      error[task-failed]: etcd has lost its quorum (3 members, 2 needed, 0 healthy: etcd does not accept writes), and m1 is what is left: term 7, committed index 10294, revision 6933. Its data is kept. Writes that only m3 and m2 have are lost; how many is not known. Entries that m1 received without knowing them to be committed are discarded by etcd
        hint: m3 and m2 must never start again with the former data; if you accept that, set acceptLoss (the playbook: -e recover_quorum_accept_loss=true)
$ npx run playbooks/recover-quorum.ts -i inventory.yaml -e recover_quorum_accept_loss=true
play 1/2: one healthy member (1 host)
  m1  > the data of m1 as it was is kept in /var/lib/etcd/before-recover-20261129T211237Z
  …
  m1  changed  etcd has a quorum again  43.2 s
  m1  ok       etcd has 1 healthy member  1.2 s
  m1  ok       node m1 is Ready  0.4 s
play 2/2: the lost nodes are removed (1 host)
  m1  changed  the cluster does not have the node m2  1.8 s
  m1  changed  the cluster does not have the node m3  1.0 s
3 hosts in 58.4 s: 2 ok, 3 changed
\`\`\`

(The second run is the one after another that was killed while etcd ran with the flag: the line about the copy is of the killed run.)

- It refuses, and prints the arithmetic, while etcd has a quorum; while a member that counts as lost answers at its peer URL, or it is not
  known whether it does; and while another master can be reached that still has data of etcd.
- Etcd and the API server are stopped, and the data is copied, with its write-ahead log, before etcd starts with the flag. Then etcd is
  started as usual: with the flag, it would remove members that are added later at each start. The API server is the last.
- How many entries etcd has discarded, because this member did not know them to be committed, is in the output, or that it is not known,
  where its log does not say it. They are in the copy.
- A copy that does not fit beside the data is refused before anything is stopped; so is data in another folder than \`/var/lib/etcd\`.
- A member that was restarted after the loss does not say its revision; its data is the same.
- A run that was interrupted is continued by the same command. What it has begun is in \`/etc/coxswain/recover-quorum\`. Until the manifest with the
  flag is in place, everything is judged again, because the lost members can have come back.
- To give up before that, on the host: remove \`--force-new-cluster\` from \`/etc/kubernetes/restoring/etcd.yaml\`, if it is there; then
  \`rm /etc/coxswain/recover-quorum; mv /etc/kubernetes/restoring/*.yaml /etc/kubernetes/manifests/\`
- The flag is taken out of the manifest also if it was left there by hand.
- The Node of a lost master is deleted only after the cluster has noticed that its kubelet does not report, which can take some minutes.
- The lost masters must not start again with the former data: two of them would be a quorum of the former cluster. Reset or reinstall
  them, then \`ha-masters\` adds them again.

### Checking that a cluster works

\`smoke\` starts a deployment with a service, and a pod on every node, in the namespace \`coxswain-smoke\`. It checks logs and commands in
pods, the way from a pod of each node to all others, the service, DNS, and the port of the service at every node. It removes the namespace
before it starts and at its end, also after a failure, and names the first thing that does not work.

\`\`\`text
$ npx run playbooks/smoke.ts -i inventory.yaml -e smoke_image=ghcr.io/flannel-io/flannel:v0.28.4
play 1/1: the cluster works (1 host)
  m1  > 24 trials on 3 nodes succeeded
  m1  ok       the cluster works  46.3 s
\`\`\`

\`smoke_image\` is an image with busybox (\`docker.io/library/busybox:1.37\`). Under \`--check\` nothing is started.

With a StorageClass (the default one, or \`smoke_storage_class\`), one pod writes a volume, and another one reads it. Without one, the run says that volumes were not tried. A default class without a provisioner
is not used unless it is named: its volumes were made by hand. Such a volume can be claimed again afterwards; one that its class keeps (Retain) is named.
`
