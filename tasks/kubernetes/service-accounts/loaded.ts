/** Which keys API servers have loaded, which their files do not say. */
import { CoxswainError, shellFile, shellProgram, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { keyNamed } from './tokens.ts'

const signingKey = shellFile(import.meta.url, 'signing-key.sh')

const keySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kid: z.string() })).max(1000) })

/**
 * The names of the keys whose tokens an API server accepts, which it publishes.
 *
 * @throws `task-failed` if it does not say it: what it has loaded is not known then.
 */
export const acceptedBy = async (ctx: CheckContext, server: string): Promise<string[]> => {
  const { ok, stdout, stderr } = await kubectl(ctx, ['get', '--raw', '/openid/v1/jwks'], server).result()
  if (!ok)
    throw new CoxswainError(
      'task-failed',
      `the API server of ${ctx.host.name} does not say which keys of service accounts it has loaded: ${stderr.trim().slice(0, 300)}`,
      {
        hint: 'check it: kubectl get --raw /openid/v1/jwks. It publishes them where --service-account-issuer is a URL of https; then run again',
      },
    )
  const { keys } = jsonReader(stdout, {
    name: 'the answer',
    of: 'kubectl get --raw /openid/v1/jwks',
    code: 'task-failed',
  })(keySetSchema)
  return keys.map(({ kid }) => kid)
}

/** Whether an API server has loaded exactly these keys. */
export const hasLoaded = async (
  ctx: CheckContext,
  server: string,
  ids: readonly string[],
): Promise<boolean> => {
  const loaded = new Set(await acceptedBy(ctx, server))
  const wanted = new Set(ids)
  return loaded.size === wanted.size && [...wanted].every((id) => loaded.has(id))
}

/** The name of the key with which an API server signs, by a token that it is asked for; undefined if it does not give one. */
export const signerOf = async ({ remote }: ApplyContext, server: string): Promise<string | undefined> => {
  const command = remote.run({ timeout: 40, label: 'ask the API server with which key it signs' })
  return keyNamed((await command`${shellProgram(signingKey, adminConf, server)}`.text()).trim())
}
