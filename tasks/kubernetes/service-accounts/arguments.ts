/** Which files the programs of a control-plane node read for tokens of service accounts. Pure. */
import { CoxswainError } from '../../../engine/index.ts'
import { manifest, pki } from '../kubeadm/paths.ts'
import { containerIn } from '../kubeadm/pod-manifests.ts'

/** All values of an argument, as the program takes them: also the next word. */
const valuesOf = (words: readonly string[], name: string): string[] =>
  words.flatMap((word, index) => {
    const [given = '', ...rest] = word.split('=')
    if (given.replaceAll('_', '-') !== `--${name}`) return []
    return [rest.length > 0 ? rest.join('=') : (words[index + 1] ?? '')]
  })

const usual = [
  ['apiServer', 'kube-apiserver', 'service-account-key-file', `${pki}/sa.pub`],
  ['apiServer', 'kube-apiserver', 'service-account-signing-key-file', `${pki}/sa.key`],
  ['controllers', 'kube-controller-manager', 'service-account-private-key-file', `${pki}/sa.key`],
] as const

/**
 * Checks that the programs of a control-plane node read the files that kubeadm gives to them, and no others: what other files have would
 * not be replaced.
 *
 * @param texts the manifests.
 * @throws `task-failed` with the argument that differs.
 */
export const requireUsualFiles = (
  texts: { readonly apiServer: string; readonly controllers: string },
  host: string,
): void => {
  for (const [text, component, name, path] of usual) {
    const { words } = containerIn(texts[text], `${manifest(component)} on ${host}`)
    const values = valuesOf(words, name)
    if (values.length === 1 && values[0] === path) continue
    throw new CoxswainError(
      'task-failed',
      `${component} of ${host} ${values.length === 0 ? `does not have --${name}` : `has --${name}=${values.join(`, --${name}=`)}`}, not ${path} alone`,
      {
        hint: `keys in other files or with an external signer are replaced by hand; otherwise let --${name} be ${path} on all control-plane nodes; nothing was changed`,
      },
    )
  }
}

/** The issuer that kubeadm sets: the cluster itself. */
const ownIssuer = /^https:\/\/kubernetes\.default\.svc(?:\.|$)/

/**
 * Whether tokens may be verified outside of the cluster, by a copy of the keys that it publishes; undefined if not.
 *
 * @param apiServer the manifest.
 * @returns the argument that says so.
 */
export const externalIn = (apiServer: string): string | undefined => {
  const { words } = containerIn(apiServer, manifest('kube-apiserver'))
  const [uri] = valuesOf(words, 'service-account-jwks-uri')
  if (uri !== undefined) return `--service-account-jwks-uri=${uri}`
  const other = valuesOf(words, 'service-account-issuer').find((one) => !ownIssuer.test(one))
  return other === undefined ? undefined : `--service-account-issuer=${other}`
}
