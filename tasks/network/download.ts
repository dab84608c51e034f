import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  isCoxswainError,
  duration,
  secret,
  shell,
  z,
} from '../../engine/index.ts'
import type { RemoteReader, Secret, ShellText } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  written,
} from '../files/content/attributes.ts'
import { checksumParam, isUrl, partsOfSum, sumCommand, sumIn } from './downloads/sums.ts'
import type { SumKind, WantedSum } from './downloads/sums.ts'
import { curlConfiguration, headerSettings, isOneLine } from './http/curl.ts'
import { httpUrl } from './http/http.ts'

const params = () =>
  z
    .object({
      url: httpUrl().describe('the URL of the file'),
      dest: remoteFile().describe('the file on the host'),
      sha256: z
        .string()
        .regex(/^([0-9a-f]{64}|none)$/, '64 hexadecimal digits are needed, or none')
        .optional()
        .describe(
          'the SHA-256 of the file, 64 hexadecimal digits; none accepts any content, and downloads it only if dest does not exist',
        ),
      checksum: checksumParam()
        .optional()
        .describe(
          'in place of sha256: md5, sha1, sha224, sha256, sha384 or sha512, a colon, and the digits, such as sha512:…; or the URL of a list of sums, such as sha256:https://example.com/SHA256SUMS, which the host reads at each check, and whose server is trusted as that of the file is',
        ),
      headers: z
        .record(z.string().regex(/^[\w-]+$/), z.union([z.string(), secret()]))
        .refine((headers) => Object.values(headers).every(isOneLine), 'a header must be one line')
        .default({})
        .describe('header lines, such as Authorization'),
      timeout: duration().default(600).describe('seconds that the download can take'),
      ...attributeParams,
      ...followParam,
    })
    .refine(({ sha256, checksum }) => (sha256 === undefined) !== (checksum === undefined), {
      message: 'give sha256 or checksum, and not both; sha256=none accepts any content',
      path: ['sha256'],
    })
type Params = z.output<ReturnType<typeof params>>

const short = ({ kind, sum }: WantedSum): string => `${kind} ${sum.slice(0, 12)}…`

/** What curl reads on standard input: neither the URL nor a header is in a command line, which every user can read. */
export const curlConfig = ({ url, headers }: Pick<Params, 'url' | 'headers'>): Secret =>
  curlConfiguration(['fail', 'silent', 'show-error', 'location'], [['url', url], ...headerSettings(headers)])

/**
 * Whether the host has curl.
 *
 * @throws `task-failed` where it does not, and there are headers.
 */
const hasCurl = async (remote: RemoteReader, { headers }: Pick<Params, 'headers'>): Promise<boolean> => {
  if (await remote.query`command -v curl`.succeeds()) return true
  if (Object.keys(headers).length === 0) return false
  throw new CoxswainError(
    'task-failed',
    'without curl on the host, every user there could read the headers in the command line of wget',
    { hint: 'install curl first' },
  )
}

/** The command that prints the file of a URL, and its standard input. */
export const fileGetter = async (
  { remote }: { readonly remote: RemoteReader },
  given: Pick<Params, 'url' | 'headers'>,
): Promise<{ readonly command: ShellText; readonly stdin?: Secret }> => {
  if (await hasCurl(remote, given)) return { command: shell`curl -q --config -`, stdin: curlConfig(given) }
  return { command: shell`wget -q -O - ${given.url}` }
}

/** The name of the file of a URL. */
const nameOf = (url: string): string => {
  const { pathname } = new URL(url)
  return decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1))
}

/** The checksum that the file must have; undefined for any content. A list of sums is read on the host. */
const wantedSum = async (remote: RemoteReader, given: Params): Promise<WantedSum | undefined> => {
  const { sha256, checksum = '', url, headers, timeout } = given
  if (sha256 !== undefined) return sha256 === 'none' ? undefined : { kind: 'sha256', sum: sha256 }
  const wanted = partsOfSum(checksum)
  if (wanted === undefined || !isUrl(wanted.sum)) return wanted
  // headers can be secrets of one server
  const same = new URL(wanted.sum).origin === new URL(url).origin
  const { command, ...input } = await fileGetter(
    { remote },
    { url: wanted.sum, headers: same ? headers : {} },
  )
  const label = `read ${wanted.sum}`
  const text = await remote.query({ ...input, timeout, label })`${command}`.text()
  return { kind: wanted.kind, sum: sumIn(text, nameOf(url), wanted) }
}

/** The checksum that the file on the host has; undefined without a file. */
const sumOf = async (
  remote: RemoteReader,
  kind: SumKind,
  { dest, follow }: Params,
): Promise<string | undefined> => {
  const sha256 = await remote.sha256(dest, { follow })
  if (kind === 'sha256' || sha256 === undefined) return sha256
  const program = `${kind}sum`
  const [sum = ''] = (await remote.query`${program} < ${dest}`.text()).split(/\s/)
  return sum.replace(/^\\/, '')
}

/** Downloads a file from a URL, verified before it replaces the old one. */
export const download = defineTask({
  name: 'download',
  description:
    'Downloads a file from a URL on the host, and verifies its checksum before it replaces the old file.',
  reads: "the file's checksum, owner and mode; for the URL of a list of sums, the list",
  example: {
    url: 'https://example.com/tool-1.2.tar.gz',
    dest: '/opt/tool.tar.gz',
    sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
  },
  params,
  title: ({ url, dest }) => `${dest} from ${url.replace(/\?.*/s, '?…')}`,
  writes: ({ dest, ...its }) => written('file', dest, its),

  async check({ remote }, given) {
    const { dest } = given
    const wanted = await wantedSum(remote, given)
    const [sum, stat] = await Promise.all([
      sumOf(remote, wanted?.kind ?? 'sha256', given),
      remote.stat(dest, { follow: true }),
    ])
    const right = wanted === undefined ? sum !== undefined : sum === wanted.sum
    if (!right && Object.keys(given.headers).length > 0) await hasCurl(remote, given)
    const from = sum && short({ kind: wanted?.kind ?? 'sha256', sum })
    return driftUnlessEmpty([
      ...(right ? [] : [{ what: dest, from, to: wanted === undefined ? 'downloaded' : short(wanted) }]),
      ...(stat === undefined ? [] : attributeChanges(dest, stat, given)),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { dest, timeout } = given
    const wanted = await wantedSum(remote, given)
    const sum = await sumOf(remote, wanted?.kind ?? 'sha256', given)
    const attributes = await settled(remote, dest, attributesOf(given))
    if (wanted === undefined ? sum !== undefined : sum === wanted.sum)
      return remote.setAttributes(dest, attributes)
    const { command, ...input } = await fileGetter(ctx, given)
    const verified =
      wanted === undefined
        ? {}
        : wanted.kind === 'sha256'
          ? { sha256: wanted.sum }
          : { validate: sumCommand(wanted) }
    try {
      await remote.writeOutput(dest, command, { ...attributes, ...input, timeout, ...verified })
    } catch (error) {
      if (!isCoxswainError(error) || error.code !== 'validation-failed') throw error
      throw new CoxswainError(
        'task-failed',
        `${new URL(given.url).host} sent a different file: ${error.output ?? ''}`,
        { hint: 'if the new file is the right one, change its checksum; the old file was not replaced' },
      )
    }
  },
})
