import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, secret, z } from '../../engine/index.ts'
import type { ApplyContext, Secret } from '../../engine/index.ts'
import { attributeChanges, attributeParams, attributesOf } from '../files/attributes.ts'
import { takePlace } from '../files/take-place.ts'
import { curlConfiguration, headerSettings, isOneLine } from './curl.ts'
import { httpUrl } from './http.ts'

const params = z.object({
  url: httpUrl().describe('where it is'),
  dest: remotePath().describe('the file on the host'),
  sha256: z
    .string()
    .regex(/^([0-9a-f]{64}|none)$/, '64 hexadecimal digits are needed, or none')
    .describe('the sum of what shall come, in hexadecimal; none takes whatever comes, and then only once'),
  headers: z
    .record(z.string().regex(/^[\w-]+$/), z.union([z.string(), secret()]))
    .refine((headers) => Object.values(headers).every(isOneLine), 'a header is one line')
    .default({})
    .describe('header lines, such as Authorization'),
  timeout: z.coerce.number().positive().default(600).describe('seconds that it may take'),
  ...attributeParams,
})
type Params = z.output<typeof params>

const short = (sum: string): string => `sha256 ${sum.slice(0, 12)}…`

/** What curl reads on standard input: neither the URL nor a header is in a command line, which everybody may read. */
export const curlConfig = ({ url, headers }: Pick<Params, 'url' | 'headers'>, output: string): Secret =>
  curlConfiguration(
    ['fail', 'silent', 'show-error', 'location'],
    [['url', url], ['output', output], ...headerSettings(headers)],
  )

const fetchTo = async ({ remote }: ApplyContext, given: Params, path: string): Promise<void> => {
  const { url, headers, timeout } = given
  if (await remote.query`command -v curl`.succeeds()) {
    await remote.run({ timeout, stdin: curlConfig(given, path) })`curl -q --config -`
    return
  }
  if (Object.keys(headers).length > 0) {
    throw new CoxswainError(
      'task-failed',
      'without curl on the host, headers would be for everybody there to read',
      {
        hint: 'install curl first',
      },
    )
  }
  await remote.run({ timeout })`wget -q -O ${path} ${url}`
}

/** Hold a file that comes from a URL, verified before it takes its place. */
export const download = defineTask({
  name: 'download',
  description: 'Holds a file that the host gets from a URL, its sum verified before it takes its place.',
  reads: "the file's SHA-256, owner and mode",
  example: {
    url: 'https://example.com/tool-1.2.tar.gz',
    dest: '/opt/tool.tar.gz',
    sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
  },
  params,
  title: ({ url, dest }) => `${dest} from ${url.replace(/\?.*/s, '?…')}`,

  async check({ remote }, { dest, sha256, ...given }) {
    const [sum, stat] = await Promise.all([remote.sha256(dest), remote.stat(dest, { follow: true })])
    const right = sha256 === 'none' ? sum !== undefined : sum === sha256
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
    const sum = await remote.sha256(dest)
    if (sha256 === 'none' ? sum !== undefined : sum === sha256)
      return remote.setAttributes(dest, attributesOf(given))
    await takePlace(remote, dest, given, async (path) => {
      await fetchTo(ctx, given, path)
      const came = await remote.sha256(path)
      if (sha256 === 'none' || came === sha256) return
      throw new CoxswainError(
        'task-failed',
        `what came from ${new URL(given.url).host} is another file: sha256 ${came}`,
        { hint: 'if the new one is right, correct sha256; nothing was replaced' },
      )
    })
  },
})
