import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { linesOf, textOf } from '../lines.ts'
import { osRelease } from './os-release.ts'

const shape = /^([A-Za-z]+(?:_[A-Z]{2})?)(?:\.([\w-]+))?(@\w+)?$/

/** A name taken apart: `sr_RS.UTF-8@latin` is made of the source sr_RS@latin and the charset UTF-8. */
const partsOf = (name: string): { readonly source: string; readonly charset: string } => {
  const [, language = '', charset = 'ISO-8859-1', modifier = ''] = shape.exec(name) ?? []
  return { source: `${language}${modifier}`, charset }
}

/** `locale -a` writes en_US.utf8 for en_US.UTF-8. */
const normalized = (name: string): string =>
  name.replace(/\.([\w-]+)/, (_, charset: string) => `.${charset.toLowerCase().replaceAll(/[^a-z\d]/g, '')}`)

/** LANG of a file of settings; the last one wins. */
const langIn = (text: string | undefined): string | undefined =>
  (text ?? '')
    .split('\n')
    .findLast((line) => line.startsWith('LANG='))
    ?.slice('LANG='.length)
    .replaceAll(/["']/g, '')
    .trim()

const withLang = (text: string | undefined, name: string): string => {
  const others = linesOf(text).filter((line) => line !== '' && !line.startsWith('LANG='))
  return textOf([...others, `LANG=${name}`])
}

/** The text of /etc/locale.gen in which a locale is asked for: its comment sign goes, or it comes to the end. */
export const withLocale = (text: string, name: string): string => {
  const line = `${name} ${partsOf(name).charset}`
  const lines = linesOf(text)
  const at = lines.findIndex(
    (one) =>
      one
        .replace(/^\s*#?\s*/, '')
        .trim()
        .split(/\s+/)
        .join(' ') === line,
  )
  return textOf(at < 0 ? [...lines, line] : lines.with(at, line))
}

/** Where the system's own language is kept. */
const settingsOf = async (ctx: CheckContext): Promise<string> =>
  (await ctx.fact(osRelease())).family.includes('debian') ? '/etc/default/locale' : '/etc/locale.conf'

/**
 * Whether the C library has the locale.
 *
 * @throws `task-failed` on a host whose library knows none, such as Alpine's.
 */
const isThere = async ({ remote, host }: CheckContext, name: string): Promise<boolean> => {
  const { ok, stdout } = await remote.query`locale -a`.result()
  if (ok) return stdout.split('\n').map(normalized).includes(normalized(name))
  throw new CoxswainError('task-failed', `${host.name} has no locale(1): its C library knows no locales`, {
    hint: 'leave this task out there: musl, as in Alpine, speaks UTF-8 without',
  })
}

const generate = async ({ remote }: ApplyContext, name: string): Promise<void> => {
  const { source, charset } = partsOf(name)
  if (await remote.query`command -v locale-gen`.succeeds()) {
    await remote.write('/etc/locale.gen', withLocale((await remote.read('/etc/locale.gen')) ?? '', name))
    await remote.run`locale-gen`
    return
  }
  await remote.run`localedef -i ${source} -f ${charset} ${name}`
}

/** Hold a locale there, and the language of the system. */
export const locale = defineTask({
  name: 'locale',
  description: 'Holds a locale generated and, unless told otherwise, the language of the system.',
  reads: 'locale -a, /etc/default/locale or /etc/locale.conf',
  example: { name: 'C.UTF-8' },
  params: z.object({
    name: z
      .string()
      .regex(shape, 'a locale is needed, such as de_DE.UTF-8')
      .describe('the locale, such as de_DE.UTF-8'),
    system: flag().default(true).describe('make it the language of the system (LANG)'),
  }),
  title: ({ name }) => `locale ${name}`,

  async check(ctx, { name, system }) {
    const { source } = partsOf(name)
    const [there, file, known] = await Promise.all([
      isThere(ctx, name),
      settingsOf(ctx),
      ctx.remote.exists(`/usr/share/i18n/locales/${source}`),
    ])
    const lang = system ? langIn(await ctx.remote.read(file)) : name
    if (!there && !known)
      return unknown(`nothing to make ${name} of: the package locales, or glibc-langpack-…, brings it`)
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
    await ctx.remote.write(file, withLang(await ctx.remote.read(file), name))
  },
})
