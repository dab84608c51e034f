/** Certificates of control-plane nodes that end soon. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import type { CertificateState } from '../cluster-state/types.ts'
import { certificateFiles } from '../kubeadm/certificates.ts'
import { kubeconfigs, kubeletClient } from '../kubeadm/paths.ts'

/**
 * Days before the end of a certificate from which on it is a finding. kubeadm gives no limit: certificates are valid for a
 * year by default, and `renew-certs` renews them 90 days before their end, so that one with 30 days left was forgotten. An
 * authority, valid for ten years, takes longer to replace.
 */
export const certificateLimits = { leaf: 30, authority: 365 } as const

/** Paths of certificates that a control-plane node must have; without an etcd of its own, it does not need etcd's. */
export const requiredCertificates = (hasEtcd: boolean): string[] => [
  ...certificateFiles.filter((path) => hasEtcd || !path.includes('/etcd/')),
  ...['admin', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`),
]

/** Certificates that kubeadm makes on each control-plane node, and kubeconfigs with one. Other files are not used. */
const isUsed = (path: string): boolean =>
  requiredCertificates(true).includes(path) || path === kubeletClient || kubeconfigs.includes(path)

const certificateFinding = (name: string, certificate: CertificateState, clock: number): Finding[] => {
  const { path, daysLeft, authority, to, from } = certificate
  const until = to.slice(0, 10)
  const cure = authority
    ? 'replace the authority, which kubeadm does not renew: run playbooks/rotate-ca.ts'
    : path === kubeletClient
      ? `the kubelet renews it while the API server answers: run on ${name}: journalctl -u kubelet`
      : 'renew it: run playbooks/renew-certs.ts'
  if (daysLeft < 0) return [finding(name, 'fault', `the certificate in ${path} expired on ${until}`, cure)]
  if (daysLeft < (authority ? certificateLimits.authority : certificateLimits.leaf))
    return [
      finding(name, 'warning', `the certificate in ${path} expires on ${until}, in ${daysLeft} days`, cure),
    ]
  return Date.parse(from) > clock * 1000
    ? [
        finding(
          name,
          'fault',
          `the certificate in ${path} is valid from ${from} on`,
          'set the clock of the host',
        ),
      ]
    : []
}

/**
 * Certificates of a control-plane node that have expired, end soon, or are not valid yet.
 *
 * @param clock the clock of the host, in seconds since 1970.
 */
export const certificateFindings = (
  name: string,
  certificates: readonly CertificateState[],
  clock: number,
): Finding[] =>
  certificates
    .filter(({ path }) => isUsed(path))
    .flatMap((certificate) => certificateFinding(name, certificate, clock))
