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
import type { ApplyContext, RemoteReader, Secret, ShellText } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  written,
} from '../files/content/attributes.ts'
import { curlConfiguration, headerSettings, isOneLine } from './http/curl.ts'
import { httpUrl } from './http/http.ts'

const params = () =>
  z.object({
    url: httpUrl().describe('the URL of the file'),
    dest: remoteFile().describe('the file on the host'),
    sha256: z
      .string()
      .regex(/^([0-9a-f]{64}|none)$/, '64 hexadecimal digits are needed, or none')
      .describe(
        'the SHA-256 of the file, 64 hexadecimal digits; none accepts any content, and downloads it only if dest does not exist',
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
type Params = z.output<ReturnType<typeof params>>

const short = (sum: string): string => `sha256 ${sum.slice(0, 12)}…`

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
  { remote }: ApplyContext,
  given: Pick<Params, 'url' | 'headers'>,
): Promise<{ readonly command: ShellText; readonly stdin?: Secret }> => {
  if (await hasCurl(remote, given)) return { command: shell`curl -q --config -`, stdin: curlConfig(given) }
  return { command: shell`wget -q -O - ${given.url}` }
}

/** Downloads a file from a URL, verified before it replaces the old one. */
export const download = defineTask({
  name: 'download',
  description:
    'Downloads a file from a URL on the host, and verifies its SHA-256 before it replaces the old file.',
  reads: "the file's SHA-256, owner and mode",
  example: {
    url: 'https://example.com/tool-1.2.tar.gz',
    dest: '/opt/tool.tar.gz',
    sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
  },
  params,
  title: ({ url, dest }) => `${dest} from ${url.replace(/\?.*/s, '?…')}`,
  writes: ({ dest, ...its }) => written('file', dest, its),

  async check({ remote }, { dest, sha256, ...given }) {
    const [sum, stat] = await Promise.all([
      remote.sha256(dest, { follow: given.follow }),
      remote.stat(dest, { follow: true }),
    ])
    const right = sha256 === 'none' ? sum !== undefined : sum === sha256
    if (!right && Object.keys(given.headers).length > 0) await hasCurl(remote, given)
    return driftUnlessEmpty([
      ...(right
        ? []
        : [{ what: dest, from: sum && short(sum), to: sha256 === 'none' ? 'downloaded' : short(sha256) }]),
      ...(stat === undefined ? [] : attributeChanges(dest, stat, given)),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { dest, sha256 } = given
    const sum = await remote.sha256(dest, { follow: given.follow })
    const attributes = await settled(remote, dest, attributesOf(given))
    if (sha256 === 'none' ? sum !== undefined : sum === sha256) return remote.setAttributes(dest, attributes)
    const { command, ...input } = await fileGetter(ctx, given)
    const how = { ...input, timeout: given.timeout, ...(sha256 !== 'none' && { sha256 }) }
    try {
      await remote.writeOutput(dest, command, { ...attributes, ...how })
    } catch (error) {
      if (!isCoxswainError(error) || error.code !== 'validation-failed') throw error
      throw new CoxswainError(
        'task-failed',
        `${new URL(given.url).host} sent a different file: ${error.output ?? ''}`,
        { hint: 'if the new file is the right one, change sha256; the old file was not replaced' },
      )
    }
  },
})
