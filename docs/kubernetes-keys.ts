/** The part of docs/kubernetes.md about keys of encryption at rest. */

/** From its heading on. */
export const keys = `### Replacing the key of encryption at rest

\`rotate-keys\` replaces the key with which API servers encrypt objects in etcd, or lets a cluster begin to encrypt. It replaces a key that was made before
\`rotate_keys_made_before\`, so that the same command changes nothing when it has ended. The order is that of "Rotate a decryption key" in the documentation of
Kubernetes. Masters are changed one at a time, and the API servers, etcd and the nodes must be ready before the next one:

| step | what must hold before it | what is proven after it |
|---|---|---|
| a new key is made, and each master gets a copy in \`/etc/coxswain/rotate-keys\` | all API servers name the same file with the same keys, were started after it was changed, and have the same version; the inventory names it as well; all control-plane nodes are masters of the inventory; the objects of the cluster are in the etcd that is asked, and can be read | |
| the new key decrypts: it is the last one | | the API server was restarted with it, is ready, and reads all objects |
| the new key encrypts: it is the first one | every API server was restarted with the new key | as above |
| all objects are written again through an API server | every API server was restarted with the new key as the first one | etcd compares how all values begin: none is left under a former key, or plain |
| the former keys go | the proof of the step before, made again on each master | the API server was restarted with the new key alone, is ready, and reads all objects |
| the former keys are kept in \`/etc/coxswain/replaced\` | no API server has them, and the proof is made once more | |

\`\`\`sh
npx run playbooks/rotate-keys.ts -i inventory.yaml -e rotate_keys_made_before=2026-12-01
\`\`\`

- The new key is of \`secretbox\`, or of \`rotate_keys_provider\` (\`aescbc\`, \`aesgcm\`): 32 random bytes, made on this machine and sent on standard input. Its name has
  the time at which it was made. The file has the mode 0600 and is replaced atomically. Comments in it are lost.
- A cluster that does not encrypt yet: set \`encryption-provider-config: /etc/kubernetes/pki/encryption.yaml\` in \`extraArgs\` of \`api_server\`, and run
  \`rotate-keys\`, not \`reconfigure\`: the file comes first. \`rotate_keys_resources\` says what is encrypted, by default Secrets. The API servers and
  kubeadm-config get the argument, and in the end the API servers do not read plain objects any more. For a new cluster, \`ha-masters\` makes the
  file before the first API server starts. A master that joins gets a copy.
- An object is written as it was read, with its \`resourceVersion\`: a change that others make meanwhile is not lost. What is left is written in the next pass.
  An object that the API server cannot read or does not write is named, with what it says, and the former keys stay. Values of objects do not leave the master, and for the proof not even etcd.
  Objects are written one after the other, by two calls of kubectl each: very many of them take hours.
- What is to be done is read from the files of all masters at each run: a run that was killed is completed by the same command. Until then, \`ha-masters\`,
  \`reconfigure\`, \`upgrade\`, \`remove-master\`, \`replace-master\`, \`move-endpoint\` and \`etcd-restore\` refuse. \`rotate-keys\` refuses within a \`rotate-ca\` or \`move-endpoint\` that is not complete,
  and while API servers have different versions.
- **A snapshot of etcd is of no use without the keys.** Keep \`/etc/kubernetes/pki/encryption.yaml\` and \`/etc/coxswain/replaced\` where they outlive the masters, and not
  beside the snapshots: \`etcd-backup\` does not fetch them, a master that joins later does not get former keys, and \`remove-master\` and \`reset\` delete those of their host (\`--check\` names them).
- A snapshot from before needs the former keys. Before \`etcd-restore\`, add those in \`/etc/coxswain/replaced\` to the file of each master, after
  the new one; for a snapshot from before the cluster encrypted, add \`- identity: {}\` as the last provider. Then run \`rotate-keys\` with a later time.
- After a cluster has begun to encrypt, older snapshots, \`/var/lib/etcd/before-restore-*\` and the free pages of the database (until \`etcd-defrag\`) still have plain objects.

What it does not do:

- Keys in a key management service (\`kms\`) are refused: they are replaced there. So are wildcards, and other resources than Secrets, ConfigMaps, ServiceAccounts,
  PersistentVolumeClaims, LimitRanges, ResourceQuotas and PodTemplates: their objects are not written again.
- A file in which \`identity\` comes before keys is refused: the cluster is being decrypted. There is no playbook that decrypts.
- The key with which tokens of service accounts are signed is replaced by \`rotate-service-accounts\`, see below.
- Objects are written in parts of 250, each by two programs of kubectl; one that is refused is written once more on its own, so that the reason is known.
- On a cluster of 1.37.2 (three masters), \`test/e2e/operations/rotate-keys.test.ts\`: a cluster that did not encrypt began to, while others wrote Secrets through all three
  API servers, of which none was lost; \`--check\` had predicted what changed, and the second run changed nothing. Then the key was replaced, in a run that was ended
  in the middle and completed by the same command. Other versions have not been tried.

`
