import {
  CoxswainError,
  Secret,
  defineTask,
  driftUnlessEmpty,
  isSecret,
  localPath,
  z,
} from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  overwriteParam,
  writeParams,
  written,
} from './content/attributes.ts'
import { contentChanges, holds, isFileThere } from './content/content.ts'
import { helperSpecs } from './templates/helper-specs.ts'
import { partialFiles } from './templates/partial-files.ts'
import { readNow, readTemplate } from './templates/read-template.ts'
import { render } from './templates/render.ts'
import type { Helper } from './templates/strict-helpers.ts'

/** A template in TypeScript. */
type TemplateFunction = (values: Readonly<Record<string, unknown>>) => string | Secret

/** Blocks and lookups, which templates cannot do without. */
const ofHandlebars = [...helperSpecs].flatMap(([name, { kind }]) => (kind === 'value' ? [] : [name]))

const isFunction = (value: unknown): value is TemplateFunction => typeof value === 'function'
const isHelper = (value: unknown): value is Helper => typeof value === 'function'

/** What a template is made with. */
interface TemplateInput {
  readonly src: string | TemplateFunction
  readonly values: Readonly<Record<string, unknown>>
  readonly helpers: Readonly<Record<string, Helper>>
}

/** The rendered text, and the text that can be shown: none if it contains a secret. */
const rendered = async ({
  src,
  values,
  helpers,
}: TemplateInput): Promise<{ readonly text: string; readonly shown: string | Secret }> => {
  if (typeof src !== 'string') {
    const made = src(values)
    if (isSecret(made)) return { text: made.reveal(), shown: made }
    if (typeof made === 'string') return { text: made, shown: made }
    throw new CoxswainError('template-invalid', 'the function of a template does not return text')
  }
  const file = await readTemplate(src)
  const { text, secret } = render(file, values, src, { helpers, partials: partialFiles(src, file) })
  return { text, shown: secret ? new Secret(text) : text }
}

/** The files that make a template. */
const filesOf = (src: string | TemplateFunction): readonly string[] =>
  typeof src === 'string'
    ? [src, ...[...partialFiles(src, readNow(src)).values()].map(({ file }) => file)]
    : []

/** Writes a file from a template: Handlebars, or a function. */
export const template = defineTask({
  name: 'template',
  description:
    'Writes a file from a Handlebars template, or from a function in TypeScript. A variable without a value is an error, also in #if and #each. Writing null is an error too. `{{> name}}` is `name.hbs` beside the template. Secrets are written as plain text, and the content is then not shown.',
  reads: "the file's content, owner and mode",
  example: { src: 'site.conf.hbs', dest: '/etc/site.conf', values: { port: 8080 } },
  params: () =>
    z.object({
      src: z
        .union([localPath(), z.custom<TemplateFunction>(isFunction).meta({ title: 'function' })])
        .describe('the template on this machine, or a function that returns the text'),
      dest: remoteFile().describe('the file on the host'),
      values: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('the variables of the template; secrets are written as plain text'),
      helpers: z
        .record(z.string(), z.custom<Helper>(isHelper, 'a function is needed').meta({ title: 'function' }))
        .refine(
          (given) => !Object.keys(given).some((name) => ofHandlebars.includes(name)),
          `the names of helpers of Handlebars cannot be used: ${ofHandlebars.join(', ')}`,
        )
        .default({})
        .describe(
          'further helpers of the template: functions that get the values of a call; they take precedence over those that every template has',
        ),
      ...overwriteParam,
      ...attributeParams,
      ...writeParams,
      ...followParam,
    }),
  title: ({ dest }) => `file ${dest} from a template`,
  writes: ({ dest, ...its }) => written('file', dest, its),
  sends: ({ src }) => filesOf(src),
  needs: rendered,

  async check({ remote }, { src, dest, values, helpers, overwrite, ...attributes }) {
    const { shown } = await rendered({ src, values, helpers })
    const kept = !overwrite && (await isFileThere(remote, dest))
    const [stat, rewritten] = await Promise.all([
      remote.stat(dest, { follow: true }),
      kept ? [] : contentChanges(remote, dest, shown, attributes),
    ])
    return driftUnlessEmpty([
      ...rewritten,
      ...(stat === undefined ? [] : attributeChanges(dest, stat, attributes)),
    ])
  },

  async apply({ remote }, { src, dest, values, helpers, overwrite, ...given }) {
    const { text } = await rendered({ src, values, helpers })
    const attributes = await settled(remote, dest, given)
    const kept = !overwrite && (await isFileThere(remote, dest))
    if (kept || (await holds(remote, dest, text, attributes)))
      return remote.setAttributes(dest, attributesOf(attributes))
    // secrets are already masked, and the other lines of the file are not secret
    await remote.write(dest, text, attributes)
  },
})
