/** The home of handlebars. */
import Handlebars from 'handlebars'
import { CoxswainError } from '../../engine/index.ts'

/**
 * A template with values put in. Strict: a variable that is not given is an error. Nothing is escaped: these are
 * configuration files, not web pages.
 *
 * @throws `template-invalid` naming the variable and the line.
 * @example
 * renderTemplate('listen {{port}}', { port: 80 }, 'nginx.conf.hbs')
 */
export const renderTemplate = (
  text: string,
  values: Readonly<Record<string, unknown>>,
  name: string,
): string => {
  // an instance of its own: helpers that somebody registers elsewhere do not reach it
  const engine = Handlebars.create()
  try {
    return engine.compile(text, { strict: true, noEscape: true, explicitPartialContext: true })(values)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const [, variable] = /"([^"]+)" not defined/.exec(message) ?? []
    const [, line] = / - (\d+):\d+/.exec(message) ?? /on line (\d+)/.exec(message) ?? []
    throw new CoxswainError(
      'template-invalid',
      variable === undefined
        ? `${name}: ${message}`
        : `${name} names a variable that is not given: ${variable}`,
      {
        cause,
        place: {
          file: name,
          ...(line !== undefined && {
            line: Number(line),
            excerpt: text.split('\n')[Number(line) - 1] ?? '',
          }),
        },
      },
    )
  }
}
