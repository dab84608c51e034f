import type { z } from 'zod'

/** What a schema expects, in terms of YAML and the command line. */
const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  function: 'a function',
}

const listed = (values: readonly unknown[]): string => {
  const words = values.map(String)
  const last = words.pop() ?? ''
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`
}

/**
 * The message for an issue of a schema: the schema's own message if it has one, otherwise ours, because zod's name
 * types of JavaScript ("expected number, received NaN"). It never contains the value, which may be a secret.
 *
 * @example
 * issueText(issue) // 'a number is needed'
 */
export const issueText = (issue: z.core.$ZodIssue): string => {
  const { message } = issue
  // the schema's own message; zod's begin like this (its locale `en`)
  if (!/^(Invalid (input|option)|Too (small|big)|Unrecognized key)/.test(message)) return message
  if (message.endsWith('received undefined')) return 'it is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `${nouns[issue.expected] ?? issue.expected} is needed`
    case 'invalid_value':
      // text that is read as a boolean: only the words of YAML are listed
      return 'expected' in issue && issue.expected === 'stringbool'
        ? `${nouns['boolean']} is needed`
        : `${listed(issue.values)} is needed`
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum
      const least = issue.code === 'too_small' ? 'at least' : 'at most'
      const of = { string: ' characters', array: ' items', set: ' items' }[String(issue.origin)] ?? ''
      if (issue.code === 'too_small' && String(bound) === '1' && of !== '') return 'it must not be empty'
      return `${issue.inclusive === false ? `${least === 'at least' ? 'more' : 'less'} than` : least} ${bound}${of} ${of === '' ? 'is' : 'are'} needed`
    }
    case 'unrecognized_keys':
      return `unknown key: ${listed(issue.keys)}`
    case 'invalid_union': {
      const inner = [...new Set(issue.errors.flatMap((errors) => errors.map(issueText)))]
      return inner.length === 0 ? 'it matches none of the allowed types' : inner.join(', or ')
    }
    default:
      return message.replace(/^Invalid input: /, '')
  }
}
