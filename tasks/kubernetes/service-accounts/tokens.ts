/** Which keys have signed the tokens that pods have. Of a token, only the header leaves its host. */
import { CoxswainError, shellFile, shellProgram, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'

const listTokens = shellFile(import.meta.url, 'list-tokens.sh')

/** Where a kubelet has the volumes of pods (kubeadm does not change it). */
const podsFolder = '/var/lib/kubelet/pods'

/** A pod that has not ended. */
export interface Pod {
  readonly uid: string
  /** Its namespace and name. */
  readonly name: string
  /** Whether it has all of its volumes. */
  readonly running: boolean
  /** Its tokens, as paths below the folder of its volumes. */
  readonly tokens: readonly string[]
}

/** A row for each pod, and one for each of its tokens, with a path in quotes: it can have any character. */
const template =
  '{{range .items}}{{$pod := printf "%s\\t%s/%s\\t%s" .metadata.uid .metadata.namespace .metadata.name .status.phase}}{{$pod}}{{"\\n"}}{{range .spec.volumes}}{{$volume := .name}}{{with .projected}}{{range .sources}}{{with .serviceAccountToken}}{{$pod}}{{"\\t"}}{{$volume}}{{"\\t"}}{{printf "%q" .path}}{{"\\n"}}{{end}}{{end}}{{end}}{{end}}{{end}}'
const unended = 'status.phase!=Succeeded,status.phase!=Failed'

/** A text in quotes, as Go writes it. One with characters that JSON writes in another way stays as it is. */
const unquoted = (text: string): string => {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}

/** The pods in rows of the template. */
export const podsIn = (text: string): Pod[] => {
  const pods = new Map<string, Pod & { readonly tokens: string[] }>()
  for (const line of text.split('\n')) {
    const [uid = '', name = '', phase, volume, quoted] = line.split('\t')
    if (uid === '') continue
    const pod = pods.get(uid) ?? { uid, name, running: phase === 'Running', tokens: [] }
    pods.set(uid, pod)
    if (volume !== undefined && quoted !== undefined)
      // as list-tokens.sh prints it
      pod.tokens.push(
        `kubernetes.io~projected/${volume}/..data/${unquoted(quoted).replaceAll(/[\n\t\r]/g, '?')}`,
      )
  }
  return [...pods.values()]
}

/** The pods of a node that have not ended, and their tokens. */
const readPods = async (ctx: CheckContext, server: string, node: string): Promise<Pod[]> => {
  const selector = `${unended},spec.nodeName=${node}`
  const words = [
    'get',
    'pods',
    '--all-namespaces',
    '--field-selector',
    selector,
    '-o',
    `go-template=${template}`,
  ]
  return podsIn(await kubectl(ctx, words, server).text())
}

const headerSchema = z.looseObject({ alg: z.string(), kid: z.string().optional() })

/** The name of the key in the header of a token: empty for one of the time when tokens did not name it; undefined for any other text. */
export const keyNamed = (header: string): string | undefined => {
  try {
    const { data } = headerSchema.safeParse(JSON.parse(Buffer.from(header, 'base64url').toString()))
    return data === undefined ? undefined : (data.kid ?? '')
  } catch {
    return undefined
  }
}

/** A token in a volume of a pod. */
export interface Token {
  /** The UID of the pod. */
  readonly uid: string
  /** Its path below the folder of the pod's volumes. */
  readonly path: string
  /** The name of the key that has signed it. */
  readonly key: string
}

const tokenIn = (line: string): Token[] => {
  const [header = '', place = ''] = line.split('\t')
  const key = keyNamed(header)
  const [uid = '', below, ...rest] = place
    .slice(podsFolder.length + 1)
    .split('/')
    .filter(Boolean)
  return key === undefined || below !== 'volumes' ? [] : [{ uid, path: rest.join('/'), key }]
}

/** The tokens in the volumes of the pods of a host. */
export const readTokens = async ({ remote }: CheckContext): Promise<Token[]> => {
  const command = remote.query({ timeout: 60, label: 'read which keys have signed the tokens of pods' })
  return (await command`${shellProgram(listTokens, podsFolder)}`.text()).split('\n').flatMap(tokenIn)
}

/** Which keys are right: those whose tokens must not be in use, and the one that must have signed, if there is one. */
export interface Wanted {
  readonly former: readonly string[]
  readonly next: string | undefined
}

/** What is wrong with the tokens of the pods of a node. */
export interface Wrong {
  /** Tokens of pods that are not of the new key. */
  readonly former: readonly string[]
  /** Tokens of pods that run, which are not where they must be. */
  readonly missing: readonly string[]
  /** Other files of pods that name a former key, such as a copy of a token in a Secret. Anyone who makes pods can write such a text. */
  readonly copies: readonly string[]
}

/** Judges the tokens of pods. What is on a host of pods that have ended does not matter. Pure. */
export const judge = (pods: readonly Pod[], tokens: readonly Token[], { former, next }: Wanted): Wrong => {
  const wrong: { former: string[]; missing: string[]; copies: string[] } = {
    former: [],
    missing: [],
    copies: [],
  }
  const byPod = new Map<string, Map<string, string>>()
  for (const { uid, path, key } of tokens) byPod.set(uid, (byPod.get(uid) ?? new Map()).set(path, key))
  for (const { uid, name, running, tokens: own } of pods) {
    const there = byPod.get(uid) ?? new Map<string, string>()
    for (const path of own) if (running && !there.has(path)) wrong.missing.push(`pod ${name}: ${path}`)
    for (const [path, key] of there) {
      if (!own.includes(path)) {
        if (former.includes(key)) wrong.copies.push(`pod ${name}: ${path}`)
      } else if (key !== next) wrong.former.push(`pod ${name}: ${path}`)
    }
  }
  return wrong
}

/** @throws `task-failed` for tokens that cannot be found. */
export const refuseMissing = ({ missing }: Wrong, host: string): void => {
  const [first] = missing
  if (first === undefined) return
  throw new CoxswainError(
    'task-failed',
    `${missing.length} tokens of pods on ${host} are not below ${podsFolder}, such as that of ${first}`,
    {
      hint: `which key has signed them is not known. A kubelet with another --root-dir is not supported; otherwise check that pod, and run again`,
    },
  )
}

/** What is wrong on a node, looked at again for pods that have ended meanwhile. */
export const wrongOn = async (
  api: CheckContext,
  server: string,
  node: CheckContext,
  wanted: Wanted,
): Promise<Wrong> => {
  const look = async (): Promise<Wrong> => {
    const pods = await readPods(api, server, node.host.name)
    return judge(pods, await readTokens(node), wanted)
  }
  const first = await look()
  if (first.missing.length === 0) return first
  const { missing, ...rest } = await look()
  return { ...rest, missing: missing.filter((one) => first.missing.includes(one)) }
}
