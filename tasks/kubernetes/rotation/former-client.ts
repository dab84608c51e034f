/** Whether the client of a former authority is accepted, which was kept before anything was changed. */
import type { CheckContext } from '../../../engine/index.ts'
import { askLocal } from '../etcd/gateway.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { pki } from '../kubeadm/paths.ts'
import type { Rotation } from './rotation.ts'

/** What a server does with a client, and how it says so. `unasked`: nothing is known. */
export interface Reception {
  readonly state: 'accepted' | 'refused' | 'unasked'
  readonly why: string
}

const words = ['get', 'namespace', 'kube-system', '-o', 'name']

const ofKubectl = ({ ok, stderr }: { readonly ok: boolean; readonly stderr: string }): Reception => {
  if (ok) return { state: 'accepted', why: '' }
  const why = stderr.trim().split('\n').at(-1) ?? ''
  return { state: /Unauthorized|must be logged in/i.test(why) ? 'refused' : 'unasked', why }
}

const request = {
  path: 'cluster/member/list',
  body: {},
  label: 'ask etcd for its members, as a client of the former authority',
}

/** etcd refuses a certificate with an alert of TLS. */
const alert = /alert|bad certificate|certificate required|unknown (certificate )?authority/i

/** What the API server does with a front proxy. It asks what the user may do only if the certificate of the proxy is accepted. */
const proxyClient = async (
  { remote }: CheckContext,
  pair: string,
  server: string,
  label: string,
): Promise<Reception> => {
  const { ok, stdout, stderr } = await remote.query({
    timeout: 30,
    label,
  })`curl -q -sS --noproxy '*' --max-time 15 -o /dev/null -w '%{http_code}' --cacert ${`${pki}/ca.crt`} --cert ${`${pair}.crt`} --key ${`${pair}.key`} -H 'X-Remote-User: coxswain' ${`${server}/api/v1/namespaces`}`.result()
  const status = stdout.trim()
  if (ok && ['200', '403'].includes(status)) return { state: 'accepted', why: '' }
  return {
    state: ok && status === '401' ? 'refused' : 'unasked',
    why: stderr.trim() || `HTTP status ${status}`,
  }
}

/** What the API server or etcd of a host does with the former client. What it trusts itself is given to it. */
export const formerClient = async (
  ctx: CheckContext,
  { authority, folder }: Rotation,
  server: string,
): Promise<Reception> => {
  const { remote } = ctx
  if (authority === 'cluster')
    return ofKubectl(
      await remote.query({
        timeout: 40,
        label: 'ask the API server as a client of the former authority',
      })`kubectl --kubeconfig ${`${folder}/client.conf`} --certificate-authority ${`${pki}/ca.crt`} --request-timeout=15s --server ${server} ${words}`.result(),
    )
  if (authority === 'etcd') {
    const { state, why } = await askLocal(ctx, request, `${folder}/client`)
    if (state === 'answers') return { state: 'accepted', why: '' }
    return { state: state !== 'refuses' && alert.test(why) ? 'refused' : 'unasked', why }
  }
  return proxyClient(ctx, `${folder}/client`, server, 'ask the API server as a proxy of the former authority')
}

/** What is wrong with clients of the new authority; nothing if they are accepted. */
export const newClient = async (
  ctx: CheckContext,
  { authority }: Rotation,
  server: string,
): Promise<Reception> => {
  if (authority === 'cluster') return ofKubectl(await kubectl(ctx, words, server).result())
  if (authority === 'front-proxy')
    return proxyClient(ctx, `${pki}/front-proxy-client`, server, 'ask the API server as its own proxy')
  const { state, why } = await askLocal(ctx, { ...request, label: 'ask etcd for its members' })
  return { state: state === 'answers' ? 'accepted' : 'unasked', why }
}
