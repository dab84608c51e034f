/** The first line of a script that is not empty or a comment, for a title. */
export const summary = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#')) ?? 'nothing'
