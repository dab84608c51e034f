/** Annotations of GitHub Actions: lines of a log that are shown beside the code. */
import type { Place } from '../errors.ts'

const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/**
 * An error as a line that GitHub Actions shows at its place
 * (https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions).
 *
 * @param message several lines are kept.
 */
export const annotation = (message: string, title: string, place: Place | undefined): string => {
  const properties = [
    ...(place === undefined ? [] : [`file=${property(place.file)}`]),
    ...(place?.line === undefined ? [] : [`line=${place.line}`]),
    ...(place?.column === undefined ? [] : [`col=${place.column}`]),
    `title=${property(title)}`,
  ]
  return `::error ${properties.join(',')}::${escaped(message)}`
}
