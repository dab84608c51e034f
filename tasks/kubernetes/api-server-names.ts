import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  portNumber,
  remotePath,
  shellFile,
  shellProgram,
  words,
  z,
} from '../../engine/index.ts'
import { missingApiNames, presentApiNames } from './kubeadm/certificates.ts'
import { isSameValue } from '../network/addresses/same-value.ts'
import { kubeadmConfigPath, pki } from './kubeadm/paths.ts'
import { allowUnknownVersion, factsOf, knownVersion } from './kubeadm/versions.ts'

const newCertificate = shellFile(import.meta.url, 'new-certificate.sh')

const certificate = `${pki}/apiserver`

/** What is there while a certificate is made, and stays if the host crashes then. */
const former = ['crt', 'key'].map((kind) => `${certificate}.${kind}.former`)

/** Makes a new certificate for the API server of a control-plane node if names were added since. */
export const apiServerNames = defineTask({
  name: 'api-server-names',
  description:
    'Makes a new certificate for the API server of a control-plane node if the present one lacks names. The API server reads it within a minute.',
  reads: "the API server's certificate",
  example: { version: 'v1.20.2', address: '10.0.0.11', names: ['api.example.org'] },
  params: () =>
    z
      .object({
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
        address: z.string().describe('the address that this control-plane node advertises'),
        port: portNumber().default(6443).describe('the port of the API server'),
        names: words().describe('names and addresses that the certificate must have'),
        without: words()
          .default([])
          .describe(
            'names and addresses that it must not have any more; others that it has beside names stay until it is made again',
          ),
        config: remotePath()
          .default(kubeadmConfigPath)
          .describe('the kubeadm configuration on the host, with the same names'),
      })
      .superRefine(knownVersion('version'))
      .superRefine(({ address, names, without }, context) => {
        for (const name of without)
          if ([address, ...names].some((one) => isSameValue(one, name)))
            context.addIssue({
              code: 'custom',
              path: ['without'],
              message: `${name} is also a name that the certificate must have`,
            })
      }),
  title: ({ names, without }) =>
    `the API server is ${names.join(', ')}${without.length === 0 ? '' : `, and not ${without.join(', ')}`}`,

  async check(ctx, { address, names, without }) {
    const [lacking, excess, ...left] = await Promise.all([
      missingApiNames(ctx, { address, apiNames: names }),
      presentApiNames(ctx, without),
      ...former.map((path) => ctx.remote.exists(path)),
    ])
    return driftUnlessEmpty([
      ...lacking.map((name) => ({ what: `name ${name} in ${certificate}.crt`, to: 'present' })),
      ...excess.map((name) => ({
        what: `name ${name} in ${certificate}.crt`,
        from: 'present',
        to: undefined,
      })),
      ...former.filter((_, index) => left[index]).map((what) => ({ what, from: 'present', to: undefined })),
    ])
  },

  async apply({ remote, log, host }, { version, config }) {
    const [line = ''] = factsOf(version).phases['certs all'].init
    if (!(await remote.exists(`${pki}/ca.key`)))
      throw new CoxswainError('task-failed', `${pki}/ca.key does not exist on ${host.name}`, {
        hint: 'the authority is kept elsewhere: let it sign a certificate with these names',
      })
    const command = line.replace(/ all$/, ' apiserver').split(' ')
    const program = [certificate, 'kubeadm', ...command, '--config', config]
    const made = await remote.run({
      timeout: 120,
      label: `kubeadm ${command.join(' ')} in place of ${certificate}.crt`,
    })`${shellProgram(newCertificate, ...program)}`.result()
    if (!made.ok)
      throw new CoxswainError(
        'task-failed',
        'kubeadm cannot make the certificate; the former one was put back',
        {
          output: made.stderr.trim(),
          hint: 'check the names in cert_sans and control_plane_endpoint',
        },
      )
    log(
      factsOf(version).reloadsCertificate
        ? 'the API server reads its new certificate within a minute'
        : `the API server of ${host.name} must be restarted to use its new certificate`,
    )
  },
})
