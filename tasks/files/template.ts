import { readFile } from 'node:fs/promises'
import { CoxswainError, Secret, defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  followParam,
  writeParams,
  written,
} from './content/attributes.ts'
import { contentChanges, holds } from './content/content.ts'
import { render } from './templates/render.ts'

/** The text, and what may be shown of it: nothing where a secret was put in. */
const rendered = async (
  src: string,
  values: Readonly<Record<string, unknown>>,
): Promise<{ readonly text: string; readonly shown: string | Secret }> => {
  const template = await readFile(src, 'utf8').catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the template ${src} on this machine`, {
      cause,
      hint: 'paths of templates are relative to the current folder',
    })
  })
  const { text, secret } = render(template, values, src)
  return { text, shown: secret ? new Secret(text) : text }
}

/** Hold a file made from a Handlebars template. */
export const template = defineTask({
  name: 'template',
  description:
    'Writes a file from a Handlebars template. A variable without a value is an error, also in #if and #each, and so is null where it would be written. Secrets are written as plain text, and the content is then not shown.',
  reads: "the file's content, owner and mode",
  example: { src: 'site.conf.hbs', dest: '/etc/site.conf', values: { port: 8080 } },
  params: z.object({
    src: z.string().describe('the template on this machine'),
    dest: remoteFile().describe('the file on the host'),
    values: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('the variables of the template; secrets are written as plain text'),
    ...attributeParams,
    ...writeParams,
    ...followParam,
  }),
  title: ({ dest }) => `file ${dest} from a template`,
  writes: ({ dest, ...its }) => written('file', dest, its),
  sends: ({ src }) => [src],

  async check({ remote }, { src, dest, values, ...attributes }) {
    const { shown } = await rendered(src, values)
    const [stat, rewritten] = await Promise.all([
      remote.stat(dest, { follow: true }),
      contentChanges(remote, dest, shown, attributes),
    ])
    return driftUnlessEmpty([
      ...rewritten,
      ...(stat === undefined ? [] : attributeChanges(dest, stat, attributes)),
    ])
  },

  async apply({ remote }, { src, dest, values, ...attributes }) {
    const { text } = await rendered(src, values)
    if (await holds(remote, dest, text, attributes))
      return remote.setAttributes(dest, attributesOf(attributes))
    // its secrets are masked already; the other lines of the file are no secrets
    await remote.write(dest, text, attributes)
  },
})
