import { readFile } from 'node:fs/promises'
import { CoxswainError, Secret, defineTask, driftUnlessEmpty, localPath, z } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  writeParams,
  written,
} from './content/attributes.ts'
import { contentChanges, holds } from './content/content.ts'
import { render } from './templates/render.ts'

/** The rendered text, and the text that can be shown: none if it contains a secret. */
const rendered = async (
  src: string,
  values: Readonly<Record<string, unknown>>,
): Promise<{ readonly text: string; readonly shown: string | Secret }> => {
  const template = await readFile(src, 'utf8').catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the template ${src} on this machine`, {
      cause,
      hint: 'a relative path is looked for beside the file that makes the task, then in the current folder',
    })
  })
  const { text, secret } = render(template, values, src)
  return { text, shown: secret ? new Secret(text) : text }
}

/** Writes a file from a Handlebars template. */
export const template = defineTask({
  name: 'template',
  description:
    'Writes a file from a Handlebars template. A variable without a value is an error, also in #if and #each. Writing null is an error too. Secrets are written as plain text, and the content is then not shown.',
  reads: "the file's content, owner and mode",
  example: { src: 'site.conf.hbs', dest: '/etc/site.conf', values: { port: 8080 } },
  params: () =>
    z.object({
      src: localPath().describe('the template on this machine'),
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
  needs: ({ src, values }) => rendered(src, values),

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

  async apply({ remote }, { src, dest, values, ...given }) {
    const { text } = await rendered(src, values)
    const attributes = await settled(remote, dest, given)
    if (await holds(remote, dest, text, attributes))
      return remote.setAttributes(dest, attributesOf(attributes))
    // secrets are already masked, and the other lines of the file are not secret
    await remote.write(dest, text, attributes)
  },
})
