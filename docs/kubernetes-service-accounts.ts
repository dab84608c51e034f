/** The part of docs/kubernetes.md about the key of service accounts. */

/** From its heading on. */
export const serviceAccounts = `### Replacing the service account key

\`rotate-service-accounts\` replaces \`/etc/kubernetes/pki/sa.key\`, with which API servers and controller managers sign the tokens of service accounts. It replaces a key
that was made before \`rotate_service_accounts_made_before\`, so that the same command changes nothing when it has ended. A key that kubeadm or a person has made
counts as old; in \`sa.pub\`, this playbook writes a line with the time before its own. Masters and kubelets are restarted one at a time:

| step | what must hold before it | what is proven after it |
|---|---|---|
| a new key is made, and each master gets a copy in \`/etc/coxswain/rotate-service-accounts\` | all masters have the same \`sa.key\` and \`sa.pub\`, and their programs read these files alone; each API server says that it has loaded them; no static pod must be restarted; the masters and workers of the inventory are all nodes of the cluster; no Secret with a token would stop the run; the tokens of all pods can be found | |
| API servers accept tokens of the new key: \`sa.pub\` has both | | the API server was restarted, is ready, and publishes the keys of its file |
| API servers sign with it: \`sa.key\` is the new one | every API server publishes both | as above, and a token that it is asked for is of the new key |
| controller managers are restarted: they sign tokens in Secrets, and have tokens of their own | every API server was restarted with the new key | the controller manager is healthy |
| tokens in Secrets are renewed, if \`rotate_service_accounts_renew_secrets\` allows it | every controller manager was restarted | no Secret has a token of a former key |
| pods have new tokens: the kubelet is restarted | every API server was restarted with the new key | in the volumes of all pods of the node, each token is of the new key |
| tokens of the former key are refused: \`sa.pub\` has the new one alone | the proofs of the two steps before, made again for all nodes and Secrets, before and after 90 s | the API server was restarted and is ready |
| the former key is deleted; its public key is kept in \`/etc/coxswain/replaced\` | no API server accepts its tokens | |

\`\`\`sh
npx run playbooks/rotate-service-accounts.ts -i inventory.yaml -e rotate_service_accounts_made_before=2026-12-01
\`\`\`

- The new key is of the kind of the former one: of RSA with 2048 bits or more, or of the same elliptic curve. It is made on this machine and sent on standard input.
- Which key has signed a token is read from its header, which has SHA-256 of the public key. The token itself does not leave its host.
- A kubelet renews the tokens of pods about every 48 minutes, and asks for new ones when it was restarted. The playbook restarts kubelets that have former tokens, because that
  takes seconds, and stops no pod. A kubelet whose pods all have new tokens is not restarted.
- The clients of Kubernetes read their token again about once a minute. So the former key goes 90 s after the last proof; \`rotate_service_accounts_settle\` is the number of seconds.
- **Tokens that were handed out are refused in the end**: those of \`kubectl create token\` and of the API that are valid for longer, wherever they are. They are not known to the
  cluster. With \`-e rotate_service_accounts_accept_former_until=2026-12-31\`, a run goes as far as it can without that, and the same command after that date completes it. The time is kept on the
  masters: a run without the variable keeps it, an earlier time is refused, and \`now\` takes it back.
- **A token of a Secret has no overlap**: API servers accept only the one that the Secret has at that time. So nothing begins while there are Secrets of the type
  \`kubernetes.io/service-account-token\` with tokens, and their names are said. Let all of them be replaced at once, \`-e rotate_service_accounts_renew_secrets=true\`: one first, then 20 at a time. Pods that mount
  such a Secret are refused until the kubelet has written the new token, and copies for good. Or give a time as above: when the new key signs, make a second Secret of each service account for those who use
  it, and delete the former one before that time.
- Files of pods that are not their own tokens, such as a copy of a token in a Secret, are named if they name a former key, and hold nothing up: only their owners can renew them.
- What is to be done is read from the files of all hosts at each run: a run that was killed is completed by the same command. Until then, \`ha-masters\`, \`reconfigure\`, \`upgrade\`,
  \`remove-master\`, \`replace-master\`, \`move-endpoint\` and \`rotate-keys\` refuse. It refuses within a \`rotate-ca\`, \`rotate-keys\` or \`move-endpoint\` that is not complete.
- After \`etcd-restore\` of a snapshot from before, tokens in Secrets are of the former key, and are refused: the same command, also where the key stays, names them, and replaces them with \`rotate_service_accounts_renew_secrets\`.
  While a replacement is not complete, \`etcd-restore\` refuses.

What it does not do:

- A program that keeps a token in memory for longer than 90 s is refused until it reads the file again. So is a container that mounts the token with \`subPath\`: it never gets a new one.
  Tokens that a kubelet gives to CSI drivers, and those in environment variables, are not looked at.
- There is no pause between "API servers accept both" and "the new key signs". What verifies tokens outside of the cluster, by a copy of the keys that the API server publishes (\`/openid/v1/jwks\`), refuses
  new tokens until it has read them again. Where \`--service-account-jwks-uri\` or another issuer than that of kubeadm says that there may be such programs, it is refused, but for \`-e rotate_service_accounts_external=true\`.
- There is no way back by a playbook, and while a replacement waits for its time, \`upgrade\`, \`ha-masters\` and the playbooks that remove or replace masters refuse as well: keep that time short.
- The former private key stays in \`/etc/coxswain/rotate-service-accounts\` of each master until the end, for root only.
- \`renew-certs\`, \`revive\` and \`rotate-ca\` are not refused meanwhile. They restart controller managers that wait for their restart: where these ask a load balancer, they can have former tokens in memory.
- \`rotate-service-accounts\` does not begin while any master is within \`rotate-keys\`. If both begin at the same time with \`--limit\` on different masters, they refuse each other: remove the record of the one that has changed no file of keys yet.
- Keys in other files than those of kubeadm, several files of public keys, and external signers are refused by name.
- Nodes that are not hosts of the inventory, and kubelets with another \`--root-dir\`, are refused: their tokens cannot be looked at.
- Kubeconfigs have certificates, not tokens: \`renew-certs\` renews those of the masters, and \`rotate-ca\` reissues them with a new authority.
- Up to Kubernetes 1.20, pods mount tokens of Secrets: there is no way without refused requests. Other versions than those named here have not been tried.
- On a cluster of 1.37.2 with three masters and a worker, beside much other work, it took 10 minutes (\`test/e2e/operations/rotate-service-accounts.test.ts\`): a pod on a master and one on the worker asked
  each API server all the time with their mounted token, read each time, and none of some 9,000 answers was a refusal; a token for 24 hours was refused in the end.
  A second replacement there ended at a Secret, went on with its token renewed and former tokens accepted, and was completed by a third run, again without a refusal to these pods.
  After that, these were added, and have not been run on a cluster yet: API servers are asked for their keys, Secrets are looked at first, and the time is kept on the masters.

`
