/** Authorities, what they have signed, and a control-plane node that has these files. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'coxswain-authorities-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const openssl = (words: string): void => {
  execFileSync('openssl', words.split(' '), { stdio: 'ignore', cwd: folder })
}
const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

/** An authority, and a certificate that it has signed for a node. */
export interface Issued {
  readonly ca: string
  readonly leaf: string
}

/** Makes an authority. All of them have the same name, as those of kubeadm. */
const issue = (name: string): Issued => {
  openssl(`req -x509 ${key} -keyout ${name}.ca.key -out ${name}.ca.crt -subj /CN=kubernetes -days 3650`)
  openssl(`req ${key} -keyout ${name}.key -out ${name}.csr -subj /O=system:nodes/CN=system:node:m1`)
  openssl(
    `x509 -req -in ${name}.csr -CA ${name}.ca.crt -CAkey ${name}.ca.key -CAcreateserial -out ${name}.crt -days 365`,
  )
  const text = (end: string): string => readFileSync(join(folder, `${name}.${end}`), 'utf8')
  return { ca: text('ca.crt'), leaf: text('crt') }
}

/** The authority that is replaced, the one that replaces it, and another one. */
export const former = issue('former')
export const next = issue('next')
export const other = issue('other')

export const pki = '/etc/kubernetes/pki'
export const rotating = '/etc/coxswain/rotate-ca/cluster'
export const adminConf = '/etc/kubernetes/admin.conf'
export const kubeletConf = '/etc/kubernetes/kubelet.conf'
export const kubeletClient = '/var/lib/kubelet/pki/kubelet-client-current.pem'
export const managerManifest = '/etc/kubernetes/manifests/kube-controller-manager.yaml'
export const restarts = '/etc/coxswain/restart-static-pods'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig as kubeadm writes it. */
export const conf = (trust: string, client: string): string =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${base64(trust)}\n    server: https://10.0.0.10:6443\nusers:\n- user:\n    client-certificate-data: ${base64(client)}\n    client-key-data: eA==\n`

/** What a kubeconfig trusts. */
export const trustIn = (text: string | undefined): string =>
  Buffer.from(/certificate-authority-data: (\S+)/.exec(text ?? '')?.[1] ?? '', 'base64').toString()

const manager = (signing: string): string =>
  `spec:\n  containers:\n  - command:\n    - kube-controller-manager\n    - --cluster-signing-cert-file=${signing}\n    - --root-ca-file=${pki}/ca.crt\n`

/** The files of a control-plane node of one authority, before it is replaced. */
export const files: Readonly<Record<string, string>> = {
  [`${pki}/ca.crt`]: former.ca,
  [`${pki}/ca.key`]: 'the former key',
  [`${pki}/apiserver.crt`]: former.leaf,
  [`${pki}/apiserver-kubelet-client.crt`]: former.leaf,
  [adminConf]: conf(former.ca, former.leaf),
  [kubeletConf]: `clusters:\n- cluster:\n    certificate-authority-data: ${base64(former.ca)}\nusers:\n- user:\n    client-certificate: ${kubeletClient}\n`,
  [kubeletClient]: former.leaf,
  [managerManifest]: manager(`${pki}/ca.crt`),
  '/etc/kubernetes/manifests/kube-apiserver.yaml': 'x',
  '/etc/kubernetes/manifests/etcd.yaml': 'x',
}

/** What authority-prepare leaves on a host. */
export const prepared: Readonly<Record<string, string>> = {
  [`${rotating}/new.crt`]: next.ca,
  [`${rotating}/new.key`]: 'the new key',
  [`${rotating}/former.crt`]: former.ca,
  [`${rotating}/former.key`]: 'the former key',
  [`${rotating}/client.conf`]: conf(former.ca, former.leaf),
}

const both = former.ca + next.ca
const newFirst = next.ca + former.ca

/** A control-plane node that trusts both. */
export const trusting: Readonly<Record<string, string>> = {
  ...files,
  ...prepared,
  [`${pki}/ca.crt`]: both,
  [`${pki}/ca-signing.crt`]: former.ca,
  [adminConf]: conf(both, former.leaf),
  [kubeletConf]: (files[kubeletConf] ?? '').replace(base64(former.ca), base64(both)),
  [managerManifest]: manager(`${pki}/ca-signing.crt`),
}

/** A control-plane node on which the new one has signed everything, also the certificate of the kubelet. */
export const signed: Readonly<Record<string, string>> = {
  ...trusting,
  [`${pki}/ca.crt`]: newFirst,
  [`${pki}/ca.key`]: 'the new key',
  [`${pki}/ca-signing.crt`]: next.ca,
  [`${pki}/apiserver.crt`]: next.leaf,
  [`${pki}/apiserver-kubelet-client.crt`]: next.leaf,
  [adminConf]: conf(newFirst, next.leaf),
  [kubeletConf]: (files[kubeletConf] ?? '').replace(base64(former.ca), base64(next.ca)),
  [kubeletClient]: next.leaf,
}

const { [`${pki}/ca-signing.crt`]: _, ...rest } = signed
/** A control-plane node that trusts the new one alone. */
export const replaced: Readonly<Record<string, string>> = {
  ...rest,
  [`${pki}/ca.crt`]: next.ca,
  [adminConf]: conf(next.ca, next.leaf),
  [managerManifest]: manager(`${pki}/ca.crt`),
}
