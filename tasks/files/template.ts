import { readFile } from 'node:fs/promises'
import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, z } from '../../engine/index.ts'
import { attributeChanges, attributeParams, attributesOf, followParam, writeParams } from './attributes.ts'
import { contentChanges, holds } from './content.ts'
import { renderTemplate } from './render.ts'

const rendered = async (src: string, values: Readonly<Record<string, unknown>>): Promise<string> => {
  const text = await readFile(src, 'utf8').catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the template ${src} here`, {
      cause,
      hint: 'paths of templates start at the current folder',
    })
  })
  return renderTemplate(text, values, src)
}

/** Hold a file made from a Handlebars template. */
export const template = defineTask({
  name: 'template',
  description: 'Holds a file made from a Handlebars template; a variable that is not given is an error.',
  reads: "the file's content, owner and mode",
  example: { src: 'site.conf.hbs', dest: '/etc/site.conf', values: { port: 8080 } },
  params: z.object({
    src: z.string().describe('the template here'),
    dest: remotePath().describe('the file on the host'),
    values: z.record(z.string(), z.unknown()).default({}).describe('what its variables are'),
    ...attributeParams,
    ...writeParams,
    ...followParam,
  }),
  title: ({ dest }) => `file ${dest} from a template`,

  async check({ remote }, { src, dest, values, ...attributes }) {
    const wanted = await rendered(src, values)
    const [stat, rewritten] = await Promise.all([
      remote.stat(dest, { follow: true }),
      contentChanges(remote, dest, wanted, attributes),
    ])
    return driftUnlessEmpty([
      ...rewritten,
      ...(stat === undefined ? [] : attributeChanges(dest, stat, attributes)),
    ])
  },

  async apply({ remote }, { src, dest, values, ...attributes }) {
    const wanted = await rendered(src, values)
    if (await holds(remote, dest, wanted, attributes))
      return remote.setAttributes(dest, attributesOf(attributes))
    await remote.write(dest, wanted, attributes)
  },
})
