/** The token with which a node joins, and the authority that it trusts then. */
import { createHash, X509Certificate } from 'node:crypto'
import { CoxswainError, Secret } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
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

/** The hash of an authority's public key, which a joining node trusts (kubeadm join --discovery-token-ca-cert-hash). */
export const caHash = (certificate: string): string => {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}
