/** The token with which a node joins, and the authority that it trusts then. */
import { createHash } from 'node:crypto'
import type { X509Certificate } from 'node:crypto'
import { CoxswainError, Secret } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { certificatesIn } from '../rotation/bundle.ts'
import { adminConf, pki } from './paths.ts'

/**
 * Creates a token on a control-plane node that expires after half an hour, and deletes it after use, also after a failure.
 *
 * @param purpose what it is for, as `kubeadm token list` shows it.
 */
export const withToken = async (
  via: ApplyContext,
  purpose: string,
  use: (token: Secret) => Promise<void>,
): Promise<void> => {
  const text = await via.remote.run({
    timeout: 60,
    // it prints the token
    quiet: true,
  })`kubeadm --kubeconfig ${adminConf} token create --ttl 30m --description ${`coxswain: ${purpose}`}`.text()
  const token = new Secret(text.split('\n').at(-1)?.trim() ?? '')
  const [id] = token.reveal().split('.')
  try {
    await use(token)
  } finally {
    // if this fails, the token expires by itself
    await via.remote.run({
      timeout: 30,
      quiet: true,
    })`kubeadm --kubeconfig ${adminConf} token delete ${id ?? ''}`.result()
  }
}

/**
 * The certificate of the cluster's authority on a control-plane node.
 *
 * @param hint what to do if there is none.
 * @throws `task-failed` if there is none.
 */
export const authorityOn = async ({ remote, host }: CheckContext, hint: string): Promise<string> => {
  const text = await remote.read(`${pki}/ca.crt`)
  if (text !== undefined) return text
  throw new CoxswainError('task-failed', `${pki}/ca.crt does not exist on ${host.name}`, { hint })
}

/** The SHA-256 of a certificate's public key. */
export const publicKeyHash = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')

/**
 * The hashes of the public keys of the authorities in ca.crt, one of which a joining node must find (kubeadm join
 * --discovery-token-ca-cert-hash). After a rotation, there are several.
 *
 * @param host that has it, for the error.
 * @throws `task-failed` if there is no certificate in it.
 */
export const caHashes = (text: string, host: string): string[] => {
  const hashes = [...new Set(certificatesIn(text).map((one) => `sha256:${publicKeyHash(one)}`))]
  if (hashes.length > 0) return hashes
  throw new CoxswainError(
    'task-failed',
    `${pki}/ca.crt on ${host} does not have a certificate that can be read`,
    { hint: 'compare it with the file of another control-plane node' },
  )
}
