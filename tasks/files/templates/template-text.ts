import { partialFiles } from './partial-files.ts'
import { readTemplate } from './read-template.ts'
import { render } from './render.ts'

/**
 * The text of a template in a file.
 *
 * @param valuesFor gives the values; it gets all words of the template and of its partials, which its variables are among.
 * @throws `load-failed`, `template-invalid`.
 */
export const templateText = async (
  file: string,
  valuesFor: (words: ReadonlySet<string>) => Promise<Readonly<Record<string, unknown>>>,
): Promise<string> => {
  const template = await readTemplate(file)
  const partials = partialFiles(file, template)
  const texts = [template, ...[...partials.values()].map(({ text }) => text)]
  const words = new Set(texts.flatMap((text) => text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []))
  return render(template, await valuesFor(words), file, { partials }).text
}
