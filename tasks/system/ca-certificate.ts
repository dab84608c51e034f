import { CoxswainError, defineTask, drift, ok, unknown, z } from '../../engine/index.ts'
import type { RemoteReader } from '../../engine/index.ts'
import { certificatesIn, pemOf } from './certificates/certificate.ts'

/** How a family of distributions manages trusted certificate authorities. */
interface Store {
  readonly file: (name: string) => string
  readonly bundle: string
  readonly update: readonly string[]
}

const stores = {
  // Debian, Alpine, older versions of SUSE
  'update-ca-certificates': {
    file: (name: string) => `/usr/local/share/ca-certificates/${name}.crt`,
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    update: ['update-ca-certificates'],
  },
  // Red Hat
  'update-ca-trust': {
    file: (name: string) => `/etc/pki/ca-trust/source/anchors/${name}.crt`,
    bundle: '/etc/pki/tls/certs/ca-bundle.crt',
    update: ['update-ca-trust', 'extract'],
  },
} as const satisfies Record<string, Store>

const storeOf = async (remote: RemoteReader): Promise<Store | undefined> => {
  const names = ['update-ca-certificates', 'update-ca-trust'] as const
  const found = await Promise.all(names.map((name) => remote.query`command -v ${name}`.succeeds()))
  return names.filter((_, index) => found[index]).map((name) => stores[name])[0]
}

/** The authority's certificate in a text; undefined if the text is not exactly one certificate of an authority. */
const authority = (text: string): string | undefined => {
  const [certificate, ...more] = certificatesIn(text)
  return certificate?.ca === true && more.length === 0 ? pemOf(certificate) : undefined
}

/** A line that only this certificate contains: its last complete line, which is part of the signature. */
const uniqueLine = (pem: string): string => pem.trimEnd().split('\n').at(-3) ?? ''

const inBundle = (remote: RemoteReader, { bundle }: Store, pem: string): Promise<boolean> =>
  remote.query`grep -qxF -e ${uniqueLine(pem)} ${bundle}`.succeeds()

/** Adds a certificate authority to those that the host trusts, or removes it. */
export const caCertificate = defineTask({
  name: 'ca-certificate',
  description: 'Adds a certificate authority to those that the host trusts, or removes it.',
  reads: 'the file of the certificate, and the bundle of all trusted certificates',
  example: { name: 'example-ca', state: 'absent' },
  params: () =>
    z
      .object({
        name: z
          .string()
          .regex(/^\w[\w.-]*$/, 'must be a file name without an extension')
          .describe('the name of its file, without .crt'),
        content: z
          .string()
          .refine(
            (text) => authority(text) !== undefined,
            'must be exactly one certificate of an authority, in PEM',
          )
          .optional()
          .describe('the certificate, in PEM'),
        state: z.enum(['present', 'absent']).default('present').describe('absent removes the certificate'),
      })
      .refine(({ content, state }) => state === 'absent' || content !== undefined, {
        message: 'content is required',
        path: ['content'],
      }),
  title: ({ name, state }) => (state === 'absent' ? `no authority ${name}` : `authority ${name}`),

  async check({ remote }, { name, content, state }) {
    const store = await storeOf(remote)
    if (store === undefined)
      return unknown(
        'the package ca-certificates, which updates the trusted certificates, is not installed yet',
      )
    const path = store.file(name)
    const text = await remote.read(path)
    if (state === 'absent') return text === undefined ? ok() : drift({ what: path, from: text })
    const pem = authority(content ?? '') ?? ''
    if (text !== pem) return drift({ what: path, from: text, to: pem })
    return (await inBundle(remote, store, pem)) ? ok() : drift({ what: store.bundle, to: `with ${name}` })
  },

  async apply({ remote }, { name, content, state }) {
    const store = await storeOf(remote)
    if (store === undefined)
      throw new CoxswainError(
        'task-failed',
        'the host does not have a program that updates the trusted certificates',
        {
          hint: 'install the package ca-certificates first',
        },
      )
    if (state === 'absent') await remote.remove(store.file(name))
    else await remote.write(store.file(name), authority(content ?? '') ?? '')
    await remote.run`${store.update}`
  },
})
