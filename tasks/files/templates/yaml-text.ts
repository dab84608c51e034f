/** A value as YAML. */
import { Document, visit } from 'yaml'
import { revealedDeeply } from './template-values.ts'

const mergeTag = 'tag:yaml.org,2002:merge'

/**
 * A value as YAML in block style, without a newline at its end. Readers of YAML 1.1 and of 1.2 see the same values: texts that
 * one of them would take for something else are quoted.
 *
 * @throws `TypeError` for a value that YAML does not have, and for one with a secret: the helper `yaml` of a template takes those.
 *
 * @example
 * file({ path: '/etc/prometheus/file_sd/web.yml', content: `${yamlText(targets)}\n` })
 */
export const yamlText = (value: unknown): string => {
  if (typeof value === 'function' || value === undefined)
    throw new TypeError('the value does not have a form in YAML')
  const plain = revealedDeeply(value, () => {
    throw new TypeError('the value contains a secret: write it with the helper yaml of a template')
  })
  const document = new Document(plain, {
    version: '1.1',
    aliasDuplicateObjects: false,
    // written as the text that it is, and so in quotes
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== mergeTag),
  })
  visit(document, {
    Scalar: (_, node) => {
      // an octal number of YAML 1.2, which version 1.1 does not know; and the key that merges another map
      if (typeof node.value === 'string' && /^(?:0o[0-7]+|<<)$/.test(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  // the version is for this text alone, and would be written above it
  document.directives = undefined
  return document.toString({ lineWidth: 0 }).replace(/\n$/, '')
}
