import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { readText, writeText } from '../shared/file-text.ts'
import { appendLines, linesOf, mapLines } from '../shared/lines.ts'
import { literally } from '../shared/patterns.ts'
import { osRelease } from './os-release.ts'

const shape = /^([A-Za-z]+(?:_[A-Z]{2})?)(?:\.([\w-]+))?(@\w+)?$/

/** The parts of a name: `sr_RS.UTF-8@latin` has the source sr_RS@latin and the charset UTF-8. */
const partsOf = (name: string): { readonly source: string; readonly charset: string } => {
  const [, language = '', charset = 'ISO-8859-1', modifier = ''] = shape.exec(name) ?? []
  return { source: `${language}${modifier}`, charset }
}

/** `locale -a` writes en_US.utf8 for en_US.UTF-8. */
const normalized = (name: string): string =>
  name.replace(/\.([\w-]+)/, (_, charset: string) => `.${charset.toLowerCase().replaceAll(/[^a-z\d]/g, '')}`)

/** A line that sets LANG: the text before the value, its quote, the value, and the rest. */
const langLine = /^(\s*(?:export\s+)?LANG=)(["']?)([^"'\s#]*)(\2.*)$/s

/** LANG in a file of settings; the last line counts. */
const langIn = (text: string | undefined): string | undefined =>
  langLine.exec(linesOf(text).findLast((line) => langLine.test(line)) ?? '')?.[3]

/** The settings with another LANG; its quotes and all other lines stay unchanged. */
export const withLang = (text: string, name: string): string => {
  const last = linesOf(text).findLastIndex((line) => langLine.test(line))
  if (last < 0) return appendLines(text, [`LANG=${name}`])
  return mapLines(text, (line, index) => [
    index === last
      ? line.replace(
          langLine,
          (_, before: string, quote: string, __, rest: string) => before + quote + name + rest,
        )
      : line,
  ])
}

/** The text of /etc/locale.gen with a locale enabled: uncommented, or added at the end. */
export const withLocale = (text: string, name: string): string => {
  const { charset } = partsOf(name)
  const its = new RegExp(`^(\\s*#\\s*)?(\\s*${literally(name)}\\s+${literally(charset)}\\s*(?:#.*)?)$`, 's')
  const lines = linesOf(text)
  const isIt = (line: string, active: boolean): boolean => {
    const match = its.exec(line)
    return match !== null && (match[1] === undefined) === active
  }
  if (lines.some((line) => isIt(line, true))) return text
  const at = lines.findIndex((line) => isIt(line, false))
  if (at < 0) return appendLines(text, [`${name} ${charset}`])
  return mapLines(text, (line, index) => [index === at ? (its.exec(line)?.[2] ?? line) : line])
}

/** The file with the language of the system. */
const settingsOf = async (ctx: CheckContext): Promise<string> =>
  (await ctx.fact(osRelease())).family.includes('debian') ? '/etc/default/locale' : '/etc/locale.conf'

/**
 * Whether the locale is installed.
 *
 * @throws `task-failed` on a host whose C library does not support locales, such as Alpine's.
 */
const isThere = async ({ remote, host }: CheckContext, name: string): Promise<boolean> => {
  const { ok, stdout } = await remote.query`locale -a`.result()
  if (ok) return stdout.split('\n').map(normalized).includes(normalized(name))
  throw new CoxswainError(
    'task-failed',
    `${host.name} does not have locale(1): its C library does not support locales`,
    {
      hint: 'skip this task on the host: musl, as on Alpine, always uses UTF-8',
    },
  )
}

const generate = async ({ remote }: ApplyContext, name: string): Promise<void> => {
  const { source, charset } = partsOf(name)
  if (await remote.query`command -v locale-gen`.succeeds()) {
    const list = '/etc/locale.gen'
    await writeText(remote, list, withLocale((await readText(remote, list)) ?? '', name))
    await remote.run`locale-gen`
    return
  }
  await remote.run`localedef -i ${source} -f ${charset} ${name}`
}

/** Generates a locale, and sets the language of the system. */
export const locale = defineTask({
  name: 'locale',
  description: 'Generates a locale and, by default, sets it as the language of the system.',
  reads: 'locale -a, /etc/default/locale or /etc/locale.conf',
  example: { name: 'C.UTF-8' },
  params: () =>
    z.object({
      name: z
        .string()
        .regex(shape, 'must be a locale, such as de_DE.UTF-8')
        .describe('the locale, such as de_DE.UTF-8'),
      system: flag().default(true).describe('set it as the language of the system (LANG)'),
    }),
  title: ({ name }) => `locale ${name}`,

  async check(ctx, { name, system }) {
    const { source } = partsOf(name)
    const [there, file, known] = await Promise.all([
      isThere(ctx, name),
      settingsOf(ctx),
      ctx.remote.exists(`/usr/share/i18n/locales/${source}`),
    ])
    const lang = system ? langIn(await readText(ctx.remote, file)) : name
    if (!there && !known)
      return unknown(
        `the source of ${name} is not installed yet: it is in the package locales, or glibc-langpack-…`,
      )
    const changes: Change[] = [
      ...(there ? [] : [{ what: 'locales', to: name }]),
      ...(lang === name ? [] : [{ what: `LANG in ${file}`, from: lang, to: name }]),
    ]
    return driftUnlessEmpty(changes)
  },

  async apply(ctx, { name, system }) {
    if (!(await isThere(ctx, name))) await generate(ctx, name)
    if (!system) return
    const file = await settingsOf(ctx)
    await writeText(ctx.remote, file, withLang((await readText(ctx.remote, file)) ?? '', name))
  },
})
