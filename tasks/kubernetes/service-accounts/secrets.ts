/** The tokens in Secrets, which controller managers sign. Of a token, only the header leaves its host. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { keyNamed } from './tokens.ts'

const listSecrets = shellFile(import.meta.url, 'list-secrets.sh')
const renewSecrets = shellFile(import.meta.url, 'renew-secrets.sh')

/** A Secret of the type kubernetes.io/service-account-token. */
export interface TokenSecret {
  readonly namespace: string
  readonly name: string
  /** The name of the key that has signed its token; undefined without a token. */
  readonly key: string | undefined
}

/** Names as Kubernetes accepts them. */
const validName = /^[a-z0-9][a-z0-9.-]*$/

/** All Secrets with tokens, as the API server of a host says it. Those with other texts in its place are left out. */
export const readSecrets = async ({ remote }: CheckContext, server: string): Promise<TokenSecret[]> => {
  const command = remote.query({ timeout: 300, label: 'read which keys have signed the tokens in Secrets' })
  const text = await command`${shellProgram(listSecrets, adminConf, server)}`.text()
  return text.split('\n').flatMap((line): TokenSecret[] => {
    const [namespace = '', name = '', header = ''] = line.split('\t')
    if (!validName.test(namespace) || !validName.test(name)) return []
    if (header === '') return [{ namespace, name, key: undefined }]
    const key = keyNamed(header)
    return key === undefined ? [] : [{ namespace, name, key }]
  })
}

/**
 * Those without a token of a right key. One without a token waits for the controller manager, which writes it.
 *
 * @param right the names of the keys whose tokens are accepted in the end.
 */
export const openOf = (all: readonly TokenSecret[], right: readonly string[]): TokenSecret[] =>
  all.filter(({ key }) => key === undefined || !right.includes(key))

/** Whether a Secret has a token. */
export const hasToken = ({ key }: TokenSecret): boolean => key !== undefined

/** How a Secret is named to people. */
export const shown = ({ namespace, name }: TokenSecret): string => `${namespace}/${name}`

/** Lets the controller manager write new tokens. @returns what was said of Secrets that were not changed. */
export const renew = async (
  { remote }: ApplyContext,
  server: string,
  secrets: readonly TokenSecret[],
): Promise<string> =>
  remote.run({
    stdin: secrets.map(({ namespace, name }) => `${namespace} ${name}\n`).join(''),
    timeout: 30 + secrets.length * 20,
    label: 'let the controller manager write new tokens into Secrets',
  })`${shellProgram(renewSecrets, adminConf, server)}`.text()

/** What can be done about tokens in Secrets, which have no overlap. */
export const waysOfSecrets =
  'the token of a Secret is refused as soon as the Secret has another one. Let all of them be replaced at once: -e rotate_service_accounts_renew_secrets=true; or keep former tokens accepted until a time, -e rotate_service_accounts_accept_former_until=2026-12-31, and until then, when the new key signs, make a second Secret of each service account for those who use it, and delete the former one'
